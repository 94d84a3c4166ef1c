import type { Progress } from '../../model/framework.ts';

const STEP_LINE = /^Step (\d+) \| (.*)$/;
const NUMBER = String.raw`-?(?:\d+\.?\d*(?:e[+-]?\d+)?|nan|inf)`;
/** tqdm's bar: `1|12|Loss: 1.23:  30%|###  | 12/40 [00:10<00:20,  1.2s/it]` */
const BAR = new RegExp(
  String.raw`(\d+)\|(\d+)\|Loss: (${NUMBER}):\s+\d+%\|[^|]*\|\s*(\d+)/(\d+)\s\[[^\],]*(?:,\s*([\d.?]+)(s/it|it/s))?`,
  'gi',
);
/** The recipe prints its resolved config first; an older attempt's stands further up. */
const EPOCHS = /^epochs: (\d+)\s*$/gm;

const numberOf = (text: string): number =>
  /nan/i.test(text) ? Number.NaN : /inf/i.test(text) ? (text.startsWith('-') ? -Infinity : Infinity) : Number(text);

/** The last `Step` line that has a loss: attempts append to one file, so the newest attempt's is the last. */
export function lastStep(metricsTail: string): { step: number; loss?: number; lr?: number } | undefined {
  const lines = metricsTail.split('\n');
  for (let index = lines.length - 1; index >= 0; index--) {
    const match = STEP_LINE.exec((lines[index] ?? '').trimEnd());
    if (match === null) continue;
    const values = new Map(
      (match[2] ?? '').split(' ').map((pair) => [pair.slice(0, pair.lastIndexOf(':')), pair.slice(pair.lastIndexOf(':') + 1)]),
    );
    const loss = values.get('loss');
    const lr = values.get('lr');
    if (loss === undefined || loss === '') continue;
    return { step: Number(match[1]), loss: numberOf(loss), ...(lr && { lr: numberOf(lr) }) };
  }
  return undefined;
}

export interface Bar {
  step: number;
  loss: number;
  stepsPerEpoch: number;
  secondsPerStep?: number;
}

export function lastBar(outputTail: string): Bar | undefined {
  const match = [...outputTail.matchAll(BAR)].at(-1);
  if (match === undefined) return undefined;
  const pace = Number(match[6]);
  return {
    step: Number(match[2]),
    loss: numberOf(match[3] ?? ''),
    stepsPerEpoch: Number(match[5]),
    ...(pace > 0 && { secondsPerStep: match[7] === 's/it' ? pace : 1 / pace }),
  };
}

/** From the tail of metrics.log (all attempts, one after the other) and of the newest attempt's output. */
export function readProgress(metricsTail: string, outputTail: string): Progress {
  const logged = lastStep(metricsTail);
  const bar = lastBar(outputTail);
  // The bar moves just before the line is logged. Further apart, the log still shows the attempt before this one.
  const same = logged !== undefined && (bar === undefined || Math.abs(logged.step - bar.step) <= 1);
  const step = same ? logged.step : bar?.step;
  const loss = same ? logged.loss : bar?.loss;
  const epochs = [...outputTail.matchAll(EPOCHS)].at(-1)?.[1];
  const finite = loss !== undefined && Number.isFinite(loss);
  return {
    ...(step !== undefined && { step }),
    ...(bar !== undefined && { steps_per_epoch: bar.stepsPerEpoch }),
    ...(bar !== undefined && epochs !== undefined && { steps_total: bar.stepsPerEpoch * Number(epochs) }),
    ...(finite && { loss }),
    ...(same && logged.lr !== undefined && { learning_rate: logged.lr }),
    ...(bar?.secondsPerStep !== undefined && { seconds_per_step: bar.secondsPerStep }),
    ...(loss !== undefined && !finite && { diverged: true }),
  };
}
