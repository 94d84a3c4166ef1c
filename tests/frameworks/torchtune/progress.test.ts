import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readProgress } from '../../../server/frameworks/torchtune/progress.ts';

const recorded = (name: string): string => readFileSync(new URL(`./recorded/${name}`, import.meta.url), 'utf8');
const BAR = '\r1|12|Loss: 1.23:  30%|███       | 12/40 [00:10<00:20,  1.20s/it]';

describe('the progress of a run', () => {
  it('is read from a real run of two epochs', () => {
    expect(readProgress(recorded('metrics.log'), recorded('output_tail.txt'))).toEqual({
      step: 12,
      steps_per_epoch: 6,
      steps_total: 12,
      loss: 11.298942565917969,
      learning_rate: 0.001,
      seconds_per_step: 1.59,
    });
  });

  it('is read from the bar alone', () => {
    expect(readProgress('', BAR)).toEqual({ step: 12, steps_per_epoch: 40, loss: 1.23, seconds_per_step: 1.2 });
    expect(readProgress('', BAR.replace('1.20s/it', '2.00it/s')).seconds_per_step).toBe(0.5);
  });

  it('is read from the log alone, a torn line aside', () => {
    expect(readProgress('3 lr:0.1 \nStep 7 | loss:0.5 lr:3e-05 grad_norm:1.0 \nStep 8 | lo', '')).toEqual({
      step: 7,
      loss: 0.5,
      learning_rate: 3e-5,
    });
  });

  it('belongs to the newest attempt, of several in one log', () => {
    expect(readProgress('Step 40 | loss:0.1 lr:0.1 \nStep 1 | loss:2.5 lr:0.01 \n', '')).toMatchObject({ step: 1, loss: 2.5 });
    expect(readProgress('Step 40 | loss:0.1 lr:0.1 \n', BAR)).toMatchObject({ step: 12, loss: 1.23 });
  });

  it('says when the loss is no number', () => {
    expect(readProgress('Step 3 | loss:nan lr:0.1 \n', '')).toEqual({ step: 3, learning_rate: 0.1, diverged: true });
    expect(readProgress('', BAR.replace('1.23', 'inf'))).toMatchObject({ step: 12, diverged: true });
  });

  it('is empty before the first step', () => {
    expect(readProgress('', '0it [00:00, ?it/s]')).toEqual({});
  });
});
