import type { JobRecord } from './job_record.ts';

export type Environment = Record<string, string | undefined>;

/** Where software lies and how it runs. */
const KEPT =
  /^(?:PATH|HOME|USER|LOGNAME|SHELL|LANG|LC_\w+|TZ|TMPDIR|VIRTUAL_ENV|MANPATH|CPATH|LIBRARY_PATH|(?:DY)?LD_LIBRARY_PATH|MODULE\w*|LOADEDMODULES|(?:LMOD|CONDA|MAMBA|PYTHON|PYENV|UV|XDG|CUDA|NVIDIA|ROCM|HIP|OMP|MKL|OPENBLAS|NCCL|GLOO|TORCH|PYTORCH|TOKENIZERS|TRANSFORMERS|HF|WANDB|RUNWRIGHT)_\w+|PYTHON\w*)$/;
const SECRET = /TOKEN(?!IZERS)|SECRET|PASS|KEY|CRED|AUTH/;

const isKept = (name: string): boolean => KEPT.test(name) && !SECRET.test(name);

/** What of the submitter's environment stands in the job's record. All else may hold a secret and is never written to the disk. */
export const keptEnvironment = (submitter: Environment): Environment =>
  Object.fromEntries(Object.entries(submitter).filter(([name]) => isKept(name)));

/**
 * The supervisor's environment, which it has from the server that started it, with the submitter's kept variables in the place of
 * its own; and what Slurm tells a batch job of itself. SLURM_RESTART_COUNT stays unset: nothing is requeued.
 */
export function jobEnvironment(record: JobRecord, supervisor: Environment, gpus: readonly number[], gpusThere: number): Environment {
  // The server may itself run inside a job of a real Slurm.
  const own = Object.entries(supervisor).filter(
    ([name]) => !isKept(name) && !/^(SLURM|SLURMD|SBATCH)_/.test(name) && name !== 'SLURM_JOBID',
  );
  return {
    ...Object.fromEntries(own),
    ...record.environment,
    SLURM_JOB_ID: String(record.id),
    SLURM_JOBID: String(record.id),
    SLURM_JOB_NAME: record.job_name,
    SLURM_SUBMIT_DIR: record.run_dir,
    SLURM_CPUS_PER_TASK: String(record.asks.cpus_per_task),
    SLURM_CPUS_ON_NODE: String(record.asks.cpus),
    SLURM_JOB_NODELIST: 'localhost',
    SLURM_JOB_NUM_NODES: '1',
    SLURM_NNODES: '1',
    // A job that asked for no GPU must not use one that another job was given.
    ...(gpusThere > 0 ? { CUDA_VISIBLE_DEVICES: gpus.join(',') } : {}),
    ...(gpus.length > 0 ? { SLURM_JOB_GPUS: gpus.join(',') } : {}),
  };
}
