import type { DataJudgement } from '../../model/data_set.ts';
import type { ConfigFacts, Framework } from '../../model/framework.ts';
import type { EarlierRun } from './earlier_runs.ts';

export interface TimeEstimate {
  seconds_per_epoch: number;
  /** Where the number comes from. */
  because: string;
}

/** Loading the model and the data, before and after the steps. */
const START_UP = 180;

const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
const runs = (count: number): string => `${count} earlier ${count === 1 ? 'run' : 'runs'}`;

/** What an epoch takes: as long as the same took before, else by the row, else by published figures; undefined rather than a guess. */
export function epochTime(
  trained: { config: string; facts: ConfigFacts; device: string; gpu: string },
  earlier: readonly EarlierRun[],
  judgement: DataJudgement | undefined,
  framework: Framework,
): TimeEstimate | undefined {
  const { training } = trained.facts;
  const here = earlier.filter(({ device }) => device === trained.device);
  const same = here.filter(({ same_work }) => same_work === training.same_work);
  if (same.length > 0)
    return {
      seconds_per_epoch: median(same.map(({ seconds_per_epoch }) => seconds_per_epoch)),
      because: `${runs(same.length)} on the same data and GPUs`,
    };
  const rows = (judgement?.steps_per_epoch ?? 0) * training.effective_batch;
  const similar = here.filter(({ similar_work, rows_per_epoch }) => similar_work === training.similar_work && rows_per_epoch !== undefined);
  if (similar.length > 0 && rows > 0) {
    const pace = median(similar.map(({ seconds_per_epoch, rows_per_epoch = 1 }) => seconds_per_epoch / rows_per_epoch));
    return { seconds_per_epoch: pace * rows, because: `${runs(similar.length)} of the same model and GPUs, by the row` };
  }
  if (judgement?.tokens_per_epoch === undefined) return undefined;
  const published = framework.publishedSpeed(trained.config, trained.gpu);
  if (published === undefined) return undefined;
  return {
    seconds_per_epoch: START_UP + judgement.tokens_per_epoch / published.tokens_per_second,
    because: `${published.tokens_per_second} tokens a second, ${published.source}`,
  };
}
