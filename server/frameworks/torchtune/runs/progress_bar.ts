import { numberOf } from './metric_lines.ts';

const NUMBER = String.raw`-?(?:\d+\.?\d*(?:e[+-]?\d+)?|nan|inf)`;
/** tqdm's bar: `1|12|Loss: 1.23:  30%|###  | 12/40 [00:10<00:20,  1.2s/it]` */
const BAR = new RegExp(
  String.raw`(\d+)\|(\d+)\|Loss: (${NUMBER}):\s+\d+%\|[^|]*\|\s*(\d+)/(\d+)\s\[[^\],]*(?:,\s*([\d.?]+)(s/it|it/s))?`,
  'gi',
);

export interface Bar {
  /** As the recipe counts: some begin anew when they go on from a checkpoint. */
  counted: number;
  /** Of the whole run, by the epoch and the place in it. */
  step: number;
  loss: number;
  stepsPerEpoch: number;
  secondsPerStep?: number;
}

/** The newest state of the bar in a job's output. */
export function lastBar(output: string): Bar | undefined {
  const match = [...output.matchAll(BAR)].at(-1);
  if (match === undefined) return undefined;
  const [, epoch, counted, loss = '', inEpoch, perEpoch, pace, unit] = match;
  return {
    counted: Number(counted),
    step: (Number(epoch) - 1) * Number(perEpoch) + Number(inEpoch),
    loss: numberOf(loss),
    stepsPerEpoch: Number(perEpoch),
    ...(Number(pace) > 0 && { secondsPerStep: unit === 's/it' ? Number(pace) : 1 / Number(pace) }),
  };
}
