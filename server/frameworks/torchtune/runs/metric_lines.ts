import type { StepMetrics } from '../../../model/framework.ts';

const STEP_LINE = /^Step (\d+) \| (.*)$/;
const PAIR = /(\S+?):(\S+)/g;

/** Also of Python's `nan` and `-inf`. */
export const numberOf = (text: string): number =>
  /nan/i.test(text) ? Number.NaN : /inf/i.test(text) ? (text.startsWith('-') ? -Infinity : Infinity) : Number(text);

const NAMES: Readonly<Record<string, keyof StepMetrics>> = {
  loss: 'loss',
  lr: 'learning_rate',
  tokens_per_second_per_gpu: 'tokens_per_second',
  peak_memory_alloc: 'memory_gib',
  grad_norm: 'gradient_norm',
};

/** One line of torchtune's DiskLogger: `Step 3 | loss:1.5 lr:0.0003 tokens_per_second_per_gpu:812.3 `. */
function stepOf(line: string): StepMetrics | undefined {
  const match = STEP_LINE.exec(line.trimEnd());
  if (match === null) return undefined;
  const metrics: StepMetrics = { step: Number(match[1]) };
  for (const [, name = '', value = ''] of (match[2] ?? '').matchAll(PAIR)) {
    const known = NAMES[name];
    if (known !== undefined) metrics[known] = numberOf(value);
  }
  return metrics;
}

/**
 * The steps of a part of the log, in the order in which they stand there. `read` is the number of bytes up to the end of the last
 * whole line: a later call goes on from there. Attempts append to one log, so a step can come again.
 */
export function readSteps(part: string): { steps: StepMetrics[]; read: number } {
  const whole = part.slice(0, part.lastIndexOf('\n') + 1);
  return { steps: whole.split('\n').flatMap((line) => stepOf(line) ?? []), read: Buffer.byteLength(whole) };
}

/** The steps of the newest attempt alone: its number of steps falls back where it begins. */
export function newestAttempt(steps: readonly StepMetrics[]): readonly StepMetrics[] {
  const begin = steps.findLastIndex(({ step }, index) => index > 0 && step <= (steps[index - 1]?.step ?? 0));
  return steps.slice(Math.max(0, begin));
}
