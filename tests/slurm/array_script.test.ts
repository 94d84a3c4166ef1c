import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Submission } from '../../server/clusters/scheduler.ts';
import { arrayScript } from '../../server/slurm/array_script.ts';
import { likeness } from '../../server/slurm/script_header.ts';
import { temporaryFolder } from '../support/context.ts';

const HEADER = `#!/bin/bash
# Made by generate_slurm_script
#SBATCH --job-name=run_0
#SBATCH --output="/x y/%x-%j.out"
#SBATCH --mem=1G
#SBATCH -p cpu
#SBATCH -J other
`;

function experiment(body: string, name = "o'brien") {
  const root = temporaryFolder();
  const run_dir = join(root, name);
  const folder = join(root, '.runwright', 'arrays', 'token');
  for (const dir of [join(run_dir, 'logs'), folder]) mkdirSync(dir, { recursive: true });
  const script_path = join(run_dir, 'finetune.slurm');
  const script = `${HEADER}${body}`;
  writeFileSync(script_path, script);
  const task: Submission = {
    run: name,
    attempt: 2,
    token: 'run-token',
    job_name: 'x.token',
    run_dir,
    script_path,
    output_path: join(run_dir, 'logs', 'attempt-2.out'),
    script,
    array: { token: 'token', task: 3 },
  };
  const start = (text = arrayScript([task], folder), number = '3') => {
    writeFileSync(join(folder, `${number}.out`), 'slurmstepd: a word before\n');
    writeFileSync(join(folder, 'array.slurm'), text);
    const env = { ...process.env, SLURM_ARRAY_TASK_ID: number };
    return spawnSync('bash', ['-c', `exec bash "$1/array.slurm" >> "$1/${number}.out" 2>&1`, 'bash', folder], { env }).status;
  };
  return { task, folder, start, log: () => readFileSync(task.output_path, 'utf8') };
}

describe("an array's script", () => {
  it('is this, whole', async () => {
    const script = `${HEADER}true\n`;
    const tasks = [0, 1].map((index): Submission => {
      const run_dir = `/scratch/my experiments/cap/run_${index}`;
      const output_path = `${run_dir}/logs/attempt-1.out`;
      const array = { token: 'a1b2', task: index };
      const script_path = `${run_dir}/finetune.slurm`;
      return {
        run: `run_${index}`,
        attempt: 1,
        token: `t${index}`,
        job_name: 'cap.a1b2',
        run_dir,
        script_path,
        output_path,
        script,
        array,
      };
    });
    const text = arrayScript(tasks, '/scratch/my experiments/cap/.runwright/arrays/a1b2');
    await expect(text).toMatchFileSnapshot('golden/array.slurm');
    execFileSync('bash', ['-n'], { input: text });
  });

  it("starts the task's own script in its own folder, with its attempt, and the output is the run's", () => {
    const { start, log, folder, task } = experiment('echo "attempt $1 in $PWD"; exit 9\n');
    expect(start()).toBe(9);
    expect(log()).toBe(`slurmstepd: a word before\nattempt 2 in ${task.run_dir}\n`);
    expect(existsSync(join(folder, '3.out'))).toBe(false);
  });

  it('adds to an output that is there already', () => {
    const { start, log, task } = experiment('echo again\n');
    writeFileSync(task.output_path, 'before\n');
    expect(start()).toBe(0);
    expect(log()).toBe('before\nagain\n');
  });

  it('trains nothing with a script that was changed after the submission', () => {
    const { start, log, task } = experiment('echo trained\n');
    writeFileSync(task.script_path, '#!/bin/bash\necho other\n');
    expect(start()).toBe(3);
    expect(log()).toBe(
      `slurmstepd: a word before\nrunwright: ${task.script_path} is not the script that was submitted, so nothing was trained; launch the run again\n`,
    );
  });

  it('says so when it has no such task', () => {
    const { start, folder } = experiment('echo trained\n');
    expect(start(undefined, '7')).toBe(2);
    expect(readFileSync(join(folder, '7.out'), 'utf8')).toContain('runwright: this array has no task 7; nothing was trained');
  });
});

describe('runs are alike', () => {
  it('whatever names them, in either form of the options', () => {
    expect(likeness(HEADER)).toEqual(['#SBATCH --mem=1G', '#SBATCH -p cpu']);
    expect(likeness(HEADER.replace('run_0', 'run_1').replace('-J other', '-o /elsewhere'))).toEqual(likeness(HEADER));
    expect(likeness(`${HEADER}true\n#SBATCH --mem=2G\n`)).toEqual(likeness(HEADER));
  });

  it.each([
    ['another program', '#!/usr/bin/env python3\n#SBATCH --mem=1G\n'],
    ['a login shell', '#!/bin/bash -l\n#SBATCH --mem=1G\n'],
    ['an array', '#!/bin/bash\n#SBATCH --array=0-3\n'],
    ['an array in the short form', '#!/bin/bash\n#SBATCH -a 0-3\n'],
    ['no program', 'echo\n'],
  ])('never with %s', (_what, script) => {
    expect(likeness(script)).toBeUndefined();
  });
});
