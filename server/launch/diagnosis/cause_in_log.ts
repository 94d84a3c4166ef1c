import type { Attempt } from '../../experiment/attempts.ts';
import { stoppedWhile } from '../../slurm/stopped_while.ts';
import { MORE_MEMORY } from './cause_of_state.ts';
import type { Found } from './diagnosis.ts';
import { lastLines } from './last_lines.ts';

/** Why a job FAILED: the job script's own words, then what the framework found in the log (`told`), then the exit code. */
export function causeInLog(attempt: Attempt, output: string, told: Found | undefined): Found {
  return beforeTraining(attempt, output) ?? told ?? memoryWords(output) ?? byExitCode(attempt.exit_code, output);
}

/** The script itself stopped, and says at what. */
function beforeTraining({ exit_code, node }: Attempt, output: string): Found | undefined {
  const stopped = stoppedWhile(output);
  if (stopped === undefined)
    return exit_code !== '0:53'
      ? undefined
      : {
          cause: 'job_script',
          what: "Slurm could not open the job's output file",
          evidence: [],
          mend: 'look whether the folder of the run is still there on the cluster and can be written to (a quota counts too), then mode "retry"',
          safe_to_retry: true,
        };
  const base = { evidence: stopped.lines, safe_to_retry: true };
  if (stopped.step === 'looking for GPUs')
    return {
      ...base,
      cause: 'no_gpu',
      what: `no GPU was found on ${node ?? 'the node'}`,
      mend: 'mode "retry" leaves that node out; if other nodes say so too, look at the partition and the GPU request',
    };
  if (stopped.step.startsWith('running the setup lines'))
    return {
      ...base,
      cause: 'setup',
      what: 'a setup line of the cluster profile failed',
      mend: 'mend setup in clusters.yaml, then generate_slurm_script and mode "retry"',
    };
  if (stopped.step === 'checking the config')
    return {
      ...base,
      cause: 'job_script',
      what: 'the config was not the one that the script was made for',
      mend: 'run generate_slurm_script again, then mode "retry"',
    };
  return {
    ...base,
    cause: 'job_script',
    what: `the job script stopped while ${stopped.step}`,
    mend: 'mend what its lines name, then mode "retry"',
  };
}

/** Slurm's daemon tells of memory in the job's own output, also where its state is only FAILED. */
function memoryWords(output: string): Found | undefined {
  const lines = output.split('\n').filter((line) => /oom[-_]kill|exceeded (job |step )?memory/i.test(line));
  if (lines.length === 0) return undefined;
  return { cause: 'host_oom', what: 'the host ran out of memory', evidence: lines.slice(-3), mend: MORE_MEMORY, safe_to_retry: true };
}

function byExitCode(exit_code: string | undefined, output: string): Found {
  const [code = '', signal = ''] = (exit_code ?? '').split(':');
  if (code === '127')
    return {
      cause: 'program',
      what: 'the training program was not found',
      evidence: output
        .split('\n')
        .filter((line) => /not found|No such file/.test(line))
        .slice(-2),
      mend: 'add the lines that make it available to setup of the cluster profile, then generate_slurm_script and mode "retry"',
      safe_to_retry: true,
    };
  if (code === '137' || signal === '9')
    return {
      cause: 'killed',
      what: 'something killed it (SIGKILL), usually for want of host memory',
      evidence: lastLines(output, 3),
      mend: 'set a larger mem in runs_plan.md and write the config and the script again, or ask who killed it; mode "retry" alone changes nothing here',
      safe_to_retry: true,
    };
  return {
    cause: 'unknown',
    what: `it ended with exit code ${exit_code ?? 'unknown'}, and its log does not tell why`,
    evidence: lastLines(output, 5),
    mend: 'read_job_log shows more of the log',
    safe_to_retry: false,
  };
}
