import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readSteps } from '../../../server/frameworks/torchtune/runs/metric_lines.ts';
import { readProgress } from '../../../server/frameworks/torchtune/runs/progress.ts';

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
      tokens_per_second: 291.2637634277344,
    });
  });

  it('is read from the bar alone', () => {
    expect(readProgress('', BAR)).toEqual({ step: 12, steps_per_epoch: 40, loss: 1.23, seconds_per_step: 1.2 });
    expect(readProgress('', BAR, 'epochs: 3  # default\nseed: 1\n')).toMatchObject({ step: 12, steps_total: 120 });
    expect(readProgress('', BAR.replace('1.20s/it', '2.00it/s')).seconds_per_step).toBe(0.5);
  });

  it('is read from the log of pairs, and of a teacher', () => {
    const pairs =
      'rewards/chosen:0.1 rewards/rejected:-0.2 rewards/accuracies:1.0 rewards/margins:0.3 log_probs/rejected:-9.1 logits/chosen:0.2 ';
    expect(readProgress(`Step 3 | loss:0.65 lr:0.0005 tokens_per_second_per_gpu:100.5 ${pairs}\n`, '')).toEqual({
      step: 3,
      loss: 0.65,
      learning_rate: 0.0005,
      tokens_per_second: 100.5,
    });
    expect(readProgress('Step 3 | loss:2.5 class_loss:3.5 kd_loss:1.5 lr:0.0003 tokens_per_second_per_gpu:90.0 \n', '')).toMatchObject({
      step: 3,
      loss: 2.5,
    });
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
    const before = 'Step 13 | loss:nan lr:0.1 \n';
    expect(readProgress(before, BAR, 'log_every_n_steps: 13  # plan\n')).toEqual(readProgress('', BAR));
    expect(readProgress(before, BAR, 'log_every_n_steps: 1\n')).toMatchObject({ step: 13, diverged: true });
  });

  it('says when the loss is no number', () => {
    expect(readProgress('Step 3 | loss:nan lr:0.1 \n', '')).toEqual({ step: 3, learning_rate: 0.1, diverged: true });
    expect(readProgress('', BAR.replace('1.23', 'inf'))).toMatchObject({ step: 12, diverged: true });
  });

  it('is of the whole run where the recipe counts from 1 again after it went on', () => {
    const again = BAR.replace('1|12|', '2|12|');
    expect(readProgress('Step 49 | loss:2.0 lr:0.1 \nStep 12 | loss:1.2 lr:0.1 \n', again, 'epochs: 2\n')).toMatchObject({
      step: 52,
      steps_total: 80,
      loss: 1.2,
    });
  });

  it('tells memory and tokens per second where they are logged', () => {
    const line =
      'Step 12 | loss:1.234 lr:0.0003 tokens_per_second_per_gpu:812.3 peak_memory_active:6.2 peak_memory_alloc:6.1 peak_memory_reserved:6.6 grad_norm:0.9 \n';
    expect(readProgress(line, '')).toEqual({ step: 12, loss: 1.234, learning_rate: 0.0003, tokens_per_second: 812.3, memory_gib: 6.1 });
  });

  it('says when the loss leaves the best that it had reached', () => {
    const log = (losses: readonly number[]): string => losses.map((loss, index) => `Step ${index + 1} | loss:${loss} lr:0.1 \n`).join('');
    const falling = [3, 2.5, 2.2, 2, 1.9, 1.8, 1.7, 1.8, 1.6, 1.7];
    expect(readProgress(log(falling), '')).not.toHaveProperty('rising');
    expect(readProgress(log([...falling, 4, 5, 4, 6, 5]), '')).toMatchObject({ rising: true, loss: 5 });
    // One bad step is none, nor is another attempt that began anew, nor a small loss that wavers.
    expect(readProgress(log([...falling, 9, 1.6, 1.5]), '')).not.toHaveProperty('rising');
    expect(readProgress(log(falling.map((loss) => loss / 10)) + log(falling), '')).not.toHaveProperty('rising');
    expect(readProgress(log([0.1, 0.1, 0.1, 0.1, 0.1, 0.3, 0.3, 0.3, 0.3, 0.3]), '')).not.toHaveProperty('rising');
  });

  it('is empty before the first step', () => {
    expect(readProgress('', '0it [00:00, ?it/s]')).toEqual({});
  });
});

describe('the steps of a log', () => {
  it('are read part by part, as they are all at once', () => {
    const log = recorded('metrics.log');
    const all = readSteps(log).steps;
    expect(all).toHaveLength(12);
    expect(all[0]).toEqual({ step: 1, loss: 11.723421096801758, learning_rate: 0.0005, tokens_per_second: 25.30384635925293 });
    fc.assert(
      fc.property(fc.array(fc.nat({ max: log.length })), (cuts) => {
        const found = [];
        let from = 0;
        for (const cut of [...cuts.sort((one, other) => one - other), log.length]) {
          if (cut < from) continue;
          const { steps, read } = readSteps(log.slice(from, cut));
          found.push(...steps);
          from += read;
        }
        expect(found).toEqual(all);
      }),
    );
  });
});
