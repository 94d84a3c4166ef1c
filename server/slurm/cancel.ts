import { type Connection, ConnectionError } from '../clusters/connection.ts';
import { frame } from '../clusters/frame.ts';
import type { JobRef } from '../clusters/scheduler.ts';
import { shellWords } from '../model/shell_quote.ts';
import { baseId, taskOf } from './array_id.ts';
import { attemptFolder } from './attempt_files.ts';
import { PLAIN_ENVIRONMENT } from './plain_environment.ts';

/**
 * Cancels by name and id together: an id that Slurm has given to another job since must not be hit. One squeue, one scancel.
 * By token: undefined when scancel took it, else why not.
 */
export async function cancelJobs(
  connection: Connection,
  jobs: readonly JobRef[],
  signal?: AbortSignal,
): Promise<ReadonlyMap<string, string | undefined>> {
  if (jobs.length === 0) return new Map();
  const asked = frame([{ name: 'cancel', command: cancelScript(jobs) }]);
  const answer = asked.read(await connection.run(asked.command, { timeoutMs: 60_000 + jobs.length * 100, signal })).get('cancel');
  if (answer === undefined || answer.code === 9)
    throw new ConnectionError(`squeue could not be asked which jobs are there: ${answer?.stderr.trim() ?? ''}; nothing was cancelled`);
  const found = new Map(answer.stdout.split('\n').flatMap((line) => pair(line)));
  return new Map(
    jobs.map((job) => {
      const id = found.get(keyOf(job.job_name, job.task));
      if (id === undefined) return [job.token, 'it is not in the queue: it has ended, or it was never there'];
      const named = new RegExp(`\\b(${id}\\b|${baseId(id)}_\\[)`);
      const complaint = answer.stderr.split('\n').find((line) => named.test(line));
      const general = answer.code !== 0 && complaint === undefined && !/job id \d/.test(answer.stderr) ? answer.stderr.trim() : undefined;
      return [job.token, complaint?.replace(/^scancel: (error: )?/, '') ?? general];
    }),
  );
}

/** An array's tasks have one name, and each its index. */
const keyOf = (name: string, task: number | undefined): string => `${task ?? ''}/${name}`;

const pair = (line: string): [string, string][] => {
  const [id, name] = line.split(' ');
  return id !== undefined && name !== undefined ? [[keyOf(name, taskOf(id)), id]] : [];
};

const cancelScript = (jobs: readonly JobRef[]): string => `${PLAIN_ENVIRONMENT} export TZ=UTC0
rows=$(squeue -h -r --local -u "\${USER:-$(id -un)}" -o '%i %T %j' 2>&1) || { printf '%s\\n' "$rows" >&2; exit 9; }
declare -A wanted=()
declare -A folder=()
set -- ${shellWords(jobs.flatMap((job) => [keyOf(job.job_name, job.task), job.job_id ?? 'any', attemptFolder(job.run_dir, job.attempt)]))}
while (($# > 0)); do wanted[$1]=$2 folder[$1]=$3; shift 3; done
ids=()
declare -A tasks=() waiting=()
while read -r id state name; do
  [[ -n $name ]] || continue
  task=
  if [[ $id == *_* ]]; then task=\${id#*_}; fi
  want=\${wanted[$task/$name]:-}
  [[ $want == any || $want == "$id" ]] || continue
  printf '%s %s\\n' "$id" "$name"
  if [[ -z $task ]]; then ids+=("$id"); continue; fi
  tasks[\${id%%_*}]+=",$task"
  if [[ $state == PENDING ]]; then waiting[$id]=\${folder[$task/$name]}; fi
done <<< "$rows"
for id in "\${!tasks[@]}"; do list=\${tasks[$id]}; ids+=("\${id}_[\${list#,}]"); done
if ((\${#ids[@]} == 0)); then exit 0; fi
scancel "\${ids[@]}"
code=$?
# A task that still waits in its array leaves no trace when it is cancelled, in squeue or in sacct: the record says what became of it.
if ((\${#waiting[@]} == 0)) || ! rows=$(squeue -h -r --local -t all -u "\${USER:-$(id -un)}" -o '%i' 2>/dev/null); then exit $code; fi
while read -r id; do unset "waiting[$id]"; done <<< "$rows"
printf -v now '%(%Y-%m-%dT%H:%M:%SZ)T' -1
if ((\${#waiting[@]} > 0)); then mkdir -p -- "\${waiting[@]}"; fi
for id in "\${!waiting[@]}"; do
  attempt=\${waiting[$id]##*/attempt-}
  printf '{"job_id":"%s","attempt":"%s","exit_code":0,"unstarted":true,"ended":"%s"}\\n' "$id" "$attempt" "$now" > "\${waiting[$id]}/exit.json"
done
exit $code`;
