import type { Progress, StepMetrics } from '../../../model/framework.ts';
import { newestAttempt, readSteps } from './metric_lines.ts';
import { lastBar } from './progress_bar.ts';

/** In the config, which the recipe also prints at its start. */
const EPOCHS = /^epochs: (\d+)\b/gm;

const SELDOM_LOGGED = /^log_every_n_steps: (?!1\b)\d/m;

/** A single step says little: a loss is taken as the middle one of so many. */
const WINDOW = 5;
const RISEN_TIMES = 2;
const RISEN_BY = 0.5;

const middle = (values: readonly number[]): number => [...values].sort((one, other) => one - other)[Math.floor(values.length / 2)] ?? 0;

/** The loss has left the best that the attempt had reached, by far more than it wavers. */
function hasRisen(steps: readonly StepMetrics[]): boolean {
  const losses = steps.flatMap(({ loss }) => (loss !== undefined && Number.isFinite(loss) ? [loss] : []));
  if (losses.length < 2 * WINDOW) return false;
  const now = middle(losses.slice(-WINDOW));
  let best = Infinity;
  for (let end = WINDOW; end <= losses.length - WINDOW; end++) best = Math.min(best, middle(losses.slice(end - WINDOW, end)));
  return now > best * RISEN_TIMES && now > best + RISEN_BY;
}

/** From the tail of metrics.log (all attempts, one after the other) and of the newest attempt's output. */
export function readProgress(metricsTail: string, outputTail: string, config = ''): Progress {
  const steps = newestAttempt(readSteps(metricsTail).steps.filter(({ loss }) => loss !== undefined));
  const logged = steps.at(-1);
  const bar = lastBar(outputTail);
  // The bar moves just before the line is logged. Further apart, the log still shows the attempt before this one; ahead of the
  // bar, it may be read a little later, but hardly so where only every so many steps are logged.
  const ahead = logged === undefined || bar === undefined ? 0 : logged.step - bar.counted;
  const same = logged !== undefined && ahead >= -1 && ahead <= (SELDOM_LOGGED.test(config) ? 0 : 1);
  const step = bar === undefined ? logged?.step : bar.step - (same ? bar.counted - logged.step : 0);
  const loss = same ? logged.loss : bar?.loss;
  const epochs = [...`${config}\n${outputTail}`.matchAll(EPOCHS)].at(-1)?.[1];
  const finite = loss !== undefined && Number.isFinite(loss);
  return {
    ...(step !== undefined && { step }),
    ...(bar !== undefined && { steps_per_epoch: bar.stepsPerEpoch }),
    ...(bar !== undefined && epochs !== undefined && { steps_total: bar.stepsPerEpoch * Number(epochs) }),
    ...(finite && { loss }),
    ...(same && logged.learning_rate !== undefined && { learning_rate: logged.learning_rate }),
    ...(same && logged.tokens_per_second !== undefined && { tokens_per_second: logged.tokens_per_second }),
    ...(same && logged.memory_gib !== undefined && { memory_gib: logged.memory_gib }),
    ...(bar?.secondsPerStep !== undefined && { seconds_per_step: bar.secondsPerStep }),
    ...(loss !== undefined && !finite && { diverged: true }),
    ...(finite && same && hasRisen(steps) && { rising: true }),
  };
}
