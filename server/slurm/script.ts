import type { ClusterProfile } from '../clusters/profile.ts';
import type { AfterTraining, LaunchWord } from '../model/framework.ts';
import { UserError } from '../model/problem.ts';
import { runNameFault } from '../model/run_name.ts';
import { shellQuote, shellWords } from '../model/shell_quote.ts';
import { fillTemplate } from './fill_template.ts';
import { gpuOption } from './gpu_option.ts';
import { type Resources, SITE_OPTIONS } from './resources.ts';
import { sbatchPath, sbatchValue } from './sbatch_value.ts';

export interface ScriptRequest {
  experiment: string;
  run: string;
  /** Absolute on the cluster. */
  run_dir: string;
  resources: Resources;
  config_path: string;
  /** SHA-256 of the config that the script is made for; the job refuses another one. */
  config_digest: string;
  /** The training command's words. */
  launch: readonly LaunchWord[];
  /** The person's own shell lines, word for word. */
  setup: readonly string[];
  env: Readonly<Record<string, string>>;
  gpu_request: ClusterProfile['gpu_request'];
  runwright_version: string;
  /** Folders that must be there for the job to write into. */
  writes: readonly string[];
  /** Relative to `run_dir`; told at the job's start. */
  metrics_file: string;
  after?: AfterTraining | undefined;
  /** Python packages whose versions the job tells at its start. */
  packages?: readonly string[];
}

const DEFAULT_PACKAGES = ['torch', 'torchtune', 'torchao', 'transformers'];

const comment = (text: string): string => text.replace(/[^\p{L}\p{N}\p{P}\p{S} ]/gu, '?');

/** The whole of `finetune.slurm`. Every value is data to the shell; only `setup` is the person's own code. */
export function renderScript(request: ScriptRequest): string {
  const { resources, run_dir } = request;
  const fault = runNameFault(request.run);
  if (fault !== undefined) throw new UserError(`"${request.run}" cannot be a run's name: ${fault}; nothing was written`);
  if (!run_dir.startsWith('/'))
    throw new UserError(`the run's folder ${run_dir} is not absolute; set experiments_dir in the cluster profile`);
  const site = SITE_OPTIONS.flatMap((option) => {
    const value = resources[option];
    return value === undefined ? [] : [{ option, value: sbatchValue(option, value) }];
  });
  return fillTemplate('finetune.slurm', {
    version: comment(request.runwright_version),
    experiment: comment(request.experiment),
    run: request.run,
    output: sbatchPath(`${run_dir}/logs`, '%x-%j.out'),
    nodes: String(resources.nodes),
    cpus: String(resources.cpus),
    gpus: String(resources.gpus),
    gpu_option: gpuOption(resources, request.gpu_request),
    mem: sbatchValue('mem', resources.mem),
    time: sbatchValue('time', resources.time),
    site,
    run_dir: shellQuote(run_dir),
    config: shellQuote(request.config_path),
    config_sha256: shellQuote(request.config_digest),
    metrics_file: shellQuote(request.metrics_file),
    folders: request.writes.length === 0 ? undefined : shellWords(['--', ...request.writes]),
    has_setup: request.setup.length > 0,
    setup: request.setup.map((line) => ({ line })),
    has_env: Object.keys(request.env).length > 0,
    env: Object.entries(request.env).map(([name, value]) => ({ assignment: assignment(name, value) })),
    packages: shellWords(request.packages ?? DEFAULT_PACKAGES),
    several_nodes: resources.nodes > 1 ? [{ count: String(resources.nodes) }] : [],
    launch: launchWords(request.launch, resources),
    after: request.after === undefined ? [] : [afterView(request.after)],
  });
}

/** What the job alone knows is a variable of the script. On several nodes, srun starts the command once on each. */
function launchWords(launch: readonly LaunchWord[], { nodes, cpus }: Resources): string {
  const variables = { id: '"$JOB_ID"', meeting_point: '"$MEETING_POINT"' } as const;
  const words = launch.map((word) => (typeof word === 'string' ? shellQuote(word) : variables[word.of_job])).join(' ');
  if (nodes === 1) return words;
  // The step does not take over the job's CPUs of a task by itself; and where one node fails, the others would wait for it.
  const once = [`--nodes=${nodes}`, `--ntasks=${nodes}`, '--ntasks-per-node=1', `--cpus-per-task=${cpus}`, '--kill-on-bad-exit=1'];
  return `${shellWords(['srun', ...once])} ${words}`;
}

/** The source stands between two lines PYTHON, so it must not have one itself. */
function afterView({ doing, python, words }: AfterTraining): { doing: string; words: string; python: string } {
  if (/^PYTHON$/m.test(python)) throw new Error('a line PYTHON would end the source that the script hands to python3');
  return { doing: shellQuote(doing), words: shellWords(words), python: python.trimEnd() };
}

function assignment(name: string, value: string): string {
  if (/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) return `${name}=${shellQuote(value)}`;
  throw new UserError(
    `${JSON.stringify(name)} cannot be the name of an environment variable; mend it under env: of the cluster profile; nothing was written`,
  );
}
