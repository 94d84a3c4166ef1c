/**
 * What sbatch's words mean for the one question that counts: can there be a job? These are extended regular expressions
 * that bash's =~ and JavaScript read alike, since the submission script on the cluster asks them first.
 */

/** sbatch lost Slurm after it may have been heard: the job can be there although sbatch failed. */
export const MAYBE_SENT =
  'timed out|Unable to contact|(connect|receive|send|shutdown) failure|Zero Bytes|Unexpected message|Insane message|Protocol authentication|Connection (refused|reset|timed)|Transport endpoint|Communication|Interrupted';

/** Of those, the ones in which nothing had left this machine yet. */
export const NEVER_SENT = '\\(connect failure\\)|Munge encode failed';

/** Slurm itself does not answer: asking it again for the next job would only wait again. */
export const NO_ANSWER = 'timed out|Unable to contact|Munge encode failed|(receive|send) failure';

/** Slurm was only too busy, or not up: a moment later it may take the same submission. */
export const BUSY =
  'temporarily|\\(connect failure\\)|Munge encode failed|Too many open files|Slurm is (starting|shutting)|Cannot allocate memory';

/** The user has as many jobs in the queue as a limit allows: QOSMaxSubmitJobPerUserLimit, AssocGrpSubmitJobsLimit, ... */
const NO_ROOM = /SubmitJob|MaxJobCount/;

export const isNoRoom = (message: string): boolean => NO_ROOM.test(message);

const LATER = new RegExp(`${BUSY}|not tried`);

/** The same submission may be taken later, with nothing changed. */
export const isTransient = (message: string): boolean => isNoRoom(message) || LATER.test(message);

/** Slurm's own words on one line, without the names of its programs and what it says twice. */
export function refusalText(raw: string): string {
  const lines = raw
    .split('\n')
    .map((line) => line.replace(/^(sbatch: )?(error: )?(Batch job submission failed: |allocation failure: )?/, '').trim())
    .filter((line) => line !== '');
  return [...new Set(lines)].join('; ');
}
