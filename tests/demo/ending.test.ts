import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { endingRows, shortcomings } from '../../demo/ending.ts';
import { look, readLosses } from '../../demo/look.ts';
import { answerLines } from '../../demo/show.ts';
import { table } from '../../server/command/terminal.ts';

const METRICS = `Step 1 | loss:11.8120756149292 lr:0.0025 tokens_per_second_per_gpu:51.28160095214844 \nStep 2 | loss:2.711487293243408 lr:0.0 tokens_per_second_per_gpu:145.5439453125 \n`;

describe('what a run left behind', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'runwright-look-'));
    mkdirSync(join(folder, 'good', 'logs'), { recursive: true });
    mkdirSync(join(folder, 'good', 'artifacts', 'epoch_0'), { recursive: true });
    writeFileSync(join(folder, 'good', 'logs', 'metrics.log'), METRICS);
    writeFileSync(join(folder, 'good', 'artifacts', 'epoch_0', 'adapter_model.safetensors'), 'weights');
    writeFileSync(
      join(folder, 'runs_status.yaml'),
      'experiment: x\nruns:\n  good:\n    type: fine-tune\n    state: COMPLETED\n  bad:\n    type: fine-tune\n    state: FAILED\n',
    );
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('is read from its status, its metrics and its artifacts', () => {
    expect(look(folder, folder, ['good', 'bad', 'none'])).toEqual([
      {
        run: 'good',
        state: 'COMPLETED',
        losses: [11.8120756149292, 2.711487293243408],
        checkpoint: join(folder, 'good', 'artifacts', 'epoch_0'),
      },
      { run: 'bad', state: 'FAILED', losses: [] },
      { run: 'none', state: 'unknown', losses: [] },
    ]);
  });

  it('is enough only when the run COMPLETED with finite losses and a checkpoint', () => {
    expect(shortcomings(look(folder, folder, ['good', 'bad']))).toEqual([
      'bad: its state is FAILED, not COMPLETED',
      'bad: logs/metrics.log has no loss, or one that is not finite',
      'bad: there is no checkpoint under artifacts/',
    ]);
    expect(shortcomings([{ run: 'nan', state: 'COMPLETED', losses: readLosses('Step 1 | loss:nan lr:0.1 \n'), checkpoint: '/c' }])).toEqual(
      ['nan: logs/metrics.log has no loss, or one that is not finite'],
    );
  });

  it('becomes the rows of the table at the end', () => {
    expect(endingRows(look(folder, folder, ['good', 'bad']), ['as_it_is'])).toEqual([
      ['as_it_is', 'base', 'not-trained', '-', '-', '-'],
      ['good', 'fine-tune', 'COMPLETED', '11.812', '2.711', 'artifacts/epoch_0'],
      ['bad', 'fine-tune', 'FAILED', '-', '-', 'none'],
    ]);
  });
});

describe('what is shown', () => {
  it('of a table is columns as wide as their widest cell', () => {
    expect(table(['run', 'state'], [['a_long_name', 'RUNNING']])).toEqual([
      'run          state',
      '-----------  -------',
      'a_long_name  RUNNING',
    ]);
  });

  it('of an answer is its summary, its lists, its problems and what comes next', () => {
    expect(
      answerLines({
        summary: 'Submitted 1 job.',
        submitted: [{ run: 'good', job_id: '4711' }],
        refused: [],
        problems: [{ severity: 'warning', where: 'good', what: 'no GPU asked for', fix: 'set gpus' }],
        next: { tool: 'monitor_jobs', why: 'jobs are running' },
      }),
    ).toEqual([
      '  Submitted 1 job.',
      '  submitted:',
      '    good  4711',
      '  warning: good: no GPU asked for; set gpus',
      '  next: monitor_jobs: jobs are running',
    ]);
  });
});
