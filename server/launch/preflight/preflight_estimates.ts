import type { Context } from '../context.ts';
import type { Experiment } from '../experiment.ts';
import { type AskedGpus, askedGpus, deviceKey, earlierRuns } from './earlier_runs.ts';
import type { DataSetLook, InputsLook, TrainedRun } from './inputs.ts';
import { epochTime } from './time_estimate.ts';

/** What some runs alike are expected to take. */
export interface Expected {
  runs: number;
  /** The first of them. */
  run: string;
  trainable_parameters?: number;
  device_memory_gib?: number;
  effective_batch: number;
  steps?: number;
  /** Minutes of an epoch with their source, or "unknown". */
  epoch: string;
  /** GPU-hours of all these runs, when the time is known. */
  gpu_hours?: number;
}

export interface DataShown {
  dataset: string;
  runs: number;
  rows?: number;
  tokens?: string;
  packing?: string;
  not_checked?: string;
}

const gpuWords = ({ gpu_type = '', constraint = '' }: AskedGpus): string => `${gpu_type} ${constraint}`;

const MOST_SHOWN = 5;
const rounded = (value: number): number => Number(value.toPrecision(2));

/** Each kind of run with its expected cost; a run's script tells its GPUs. */
export async function expectedCosts(
  { framework }: Experiment,
  cluster: string,
  runs: readonly (TrainedRun & { script: string })[],
  judgements: InputsLook['judgements'],
  context: Context,
): Promise<Expected[]> {
  const earlier = await earlierRuns(context.root, framework);
  const kinds = new Map<string, Expected>();
  for (const { run, config, facts, script } of runs) {
    const asked = askedGpus(script);
    const judgement = judgements.get(run.name);
    const time = epochTime({ config, facts, device: deviceKey(cluster, asked), gpu: gpuWords(asked) }, earlier, judgement, framework);
    const { training, device_memory_gib, nodes, gpus_per_node } = facts;
    const seconds = time === undefined ? undefined : time.seconds_per_epoch * training.epochs;
    const one = {
      ...(training.trainable_parameters === undefined ? {} : { trainable_parameters: training.trainable_parameters }),
      ...(device_memory_gib === undefined ? {} : { device_memory_gib }),
      effective_batch: training.effective_batch,
      ...(judgement?.steps === undefined ? {} : { steps: judgement.steps }),
      epoch: time === undefined ? 'unknown' : `${rounded(time.seconds_per_epoch / 60)} min (${time.because})`,
    };
    const key = JSON.stringify(one);
    const gpu_hours = seconds === undefined ? undefined : (seconds / 3600) * nodes * gpus_per_node;
    const known = kinds.get(key);
    if (known === undefined) kinds.set(key, { runs: 1, run: run.name, ...one, ...(gpu_hours === undefined ? {} : { gpu_hours }) });
    else {
      known.runs += 1;
      if (gpu_hours !== undefined) known.gpu_hours = (known.gpu_hours ?? 0) + gpu_hours;
    }
  }
  return [...kinds.values()]
    .sort((a, b) => b.runs - a.runs)
    .slice(0, MOST_SHOWN)
    .map((kind) => (kind.gpu_hours === undefined ? kind : { ...kind, gpu_hours: rounded(kind.gpu_hours) }));
}

/** What was found of the data sets, in a few words each; those of which the same is to be said are one. */
export function dataShown(look: InputsLook): DataShown[] {
  const alike = new Map<string, DataShown>();
  for (const one of look.findings) {
    const shown = { dataset: one.name, ...wordsOn(one, look.judgements.get(one.runs[0] ?? '')?.packing) };
    const key = JSON.stringify(shown);
    alike.set(key, { ...shown, runs: (alike.get(key)?.runs ?? 0) + one.runs.length });
  }
  return [...alike.values()].slice(0, MOST_SHOWN);
}

function wordsOn({ need, finding }: DataSetLook, packing: string | undefined): Omit<DataShown, 'dataset' | 'runs'> {
  if (finding === undefined) return { not_checked: need.hub === undefined ? 'nothing was read' : "a hub's name, which the job looks up" };
  const { lengths, rows, partial, looked } = finding;
  const how = lengths.measured ? "the model's tokenizer on a sample" : `${lengths.bytes_a_token} bytes a token assumed`;
  const part = partial === true ? `; the first ${looked} rows were read` : '';
  return {
    ...(rows === null ? {} : { rows }),
    tokens: `about ${Math.round(lengths.mean_tokens)} a row, at most ${lengths.longest} (${how}${part})`,
    ...(packing === undefined ? {} : { packing }),
  };
}
