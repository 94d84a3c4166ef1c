import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatDuration } from '../../server/model/duration.ts';
import { parseBatchHeader } from '../../server/process/batch_header.ts';

const script = (...lines: string[]): string => ['#!/bin/bash', ...lines, 'echo hello'].join('\n');
const plain = { cpus: 1, cpus_per_task: 1, gpus: 0, nodes: 1, array: false };

describe('the header of a batch script', () => {
  test('asks for one CPU, no GPU and no limit when it is silent', () => {
    expect(parseBatchHeader(script())).toEqual(plain);
  });

  test('is read in long and short form, attached or apart, several options on a line, with a comment behind', () => {
    const text = script(
      '#SBATCH --job-name "a -c 9" -c 4',
      '',
      '# prose',
      '#SBATCH -t1:30:00 -n 2 # --nodes=7',
      '#SBATCH --mem=48G --gres gpu:a100:2',
    );
    expect(parseBatchHeader(text)).toEqual({ ...plain, cpus: 8, cpus_per_task: 4, gpus: 2, time_seconds: 5400 });
  });

  test('ends at the first command', () => {
    expect(parseBatchHeader(script('set -e', '#SBATCH -c 4'))).toEqual(plain);
  });

  test('lets the last of two lines win', () => {
    expect(parseBatchHeader(script('#SBATCH -c 4', '#SBATCH --cpus-per-task=2'))).toEqual({ ...plain, cpus: 2, cpus_per_task: 2 });
  });

  test.each([
    ['--gres=gpu:2', 2],
    ['--gres=gpu', 1],
    ['--gres=gpu:a100', 1],
    ['--gres=gres/gpu:a100:3,lustre:1', 3],
    ['--gres=lustre:1', 0],
    ['--gpus=a100:2,v100:1', 3],
    ['--gpus-per-node=2', 2],
    ['-G 2 --gres=gpu:2', 2],
  ])('with %s asks for %i GPUs', (option, gpus) => {
    expect(parseBatchHeader(script(`#SBATCH ${option}`))).toEqual({ ...plain, gpus });
  });

  test.each([
    ['B:USR1@90', { signal: 'SIGUSR1', seconds: 90 }],
    ['B:SIGTERM', { signal: 'SIGTERM', seconds: 60 }],
    ['USR1@90', undefined],
  ])('with --signal=%s warns the script by %o', (value, warning) => {
    expect(parseBatchHeader(script(`#SBATCH --signal=${value}`))).toEqual(warning === undefined ? plain : { ...plain, warning });
  });

  test.each([
    [['#SBATCH --time=soon'], 'Invalid --time specification'],
    [['#SBATCH -c 0'], 'Invalid numeric value "0" for --cpus-per-task.'],
    [['#SBATCH --nodes=two'], 'Invalid numeric value "two" for --nodes.'],
    [['#SBATCH --gres=gpu:'], 'Invalid --gres specification: gpu:'],
  ])('%j is refused in words like those of sbatch', (lines, fault) => {
    expect(parseBatchHeader(script(...lines))).toEqual({ fault });
  });

  test('needs an interpreter in the first line', () => {
    expect(parseBatchHeader('echo hello\n')).toEqual({
      fault:
        'This does not look like a batch script. The first line must start with #! followed by the path to an interpreter, such as #!/bin/bash',
    });
  });

  test('any numbers that are written are read back', () => {
    const whole = (max: number) => fc.integer({ min: 1, max });
    fc.assert(
      fc.property(whole(1024), whole(64), whole(1024), whole(10 ** 7), (cpus, gpus, nodes, seconds) => {
        const text = script(
          `#SBATCH --cpus-per-task=${cpus} --gres=gpu:${gpus}`,
          `#SBATCH -N ${nodes}`,
          `#SBATCH --time=${formatDuration(seconds)}`,
        );
        expect(parseBatchHeader(text)).toEqual({ cpus, cpus_per_task: cpus, gpus, nodes, array: false, time_seconds: seconds });
      }),
    );
  });

  test('any text is read or refused, never a crash', () => {
    fc.assert(
      fc.property(fc.array(fc.string()), (lines) => {
        expect(parseBatchHeader(script(...lines.map((line) => `#SBATCH ${line}`)))).toBeTypeOf('object');
      }),
    );
  });
});
