import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { openConnection } from '../server/clusters/open_connection.ts';
import type { Submission } from '../server/clusters/scheduler.ts';
import { createSlurmScheduler } from '../server/slurm/slurm_scheduler.ts';
import { developmentCluster } from '../tests/support/development_cluster.ts';
import { type Figure, figure, median } from './figure.ts';
import { milliseconds } from './figure_time.ts';

const COUNT = 200;
const ROUNDS = 7;
const SCRIPT = '#!/bin/bash\n#SBATCH --time=1\n#SBATCH --partition=cpu\n#SBATCH --hold\ntrue\n';

function submissions(root: string, array: string): Submission[] {
  return Array.from({ length: COUNT }, (_, task) => {
    const run_dir = `${root}/run${task}`;
    return {
      run: `run${task}`,
      attempt: 1,
      token: `${array}r${task}`,
      job_name: `bench.${array}`,
      run_dir,
      script_path: `${run_dir}/finetune.slurm`,
      output_path: `${run_dir}/logs/attempt-1.out`,
      script: `${SCRIPT}# run ${task}\n`,
      array: { token: array, task },
    };
  });
}

/** 200 runs that ask for the same, over the connection that the preflight has opened, against what a person would type. */
export async function likeRuns(): Promise<Figure[]> {
  const lab = developmentCluster();
  if (lab === undefined) return [];
  const signal = new AbortController().signal;
  const connection = await openConnection(lab.profile);
  const scheduler = createSlurmScheduler(connection);
  const ours: number[] = [];
  const theirs: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const root = `${lab.experiments_dir}/bench-like-${process.pid}-${round}`;
    const items = submissions(root, `like${process.pid}x${round}`);
    const files = items.map((item) => ({ path: `${item.run}/finetune.slurm`, content: item.script ?? '' }));
    ours.push(
      await milliseconds(async () => {
        await scheduler.upload(root, files, signal);
        const outcomes = await scheduler.submit(items, signal);
        const lost = outcomes.filter(({ kind }) => kind !== 'submitted');
        if (outcomes.length !== COUNT || lost.length > 0) throw new Error(`not submitted: ${JSON.stringify(lost.slice(0, 3))}`);
      }),
    );
    await connection.run('scancel -u "$USER"', { timeoutMs: 60_000 });
    const command = `cd ${root} && sbatch --parsable --array=0-${COUNT - 1} run0/finetune.slurm`;
    const words = ['-F', join(lab.dir, 'ssh', 'config'), 'devslurm', command];
    theirs.push(await milliseconds(() => execFileSync('ssh', words, { stdio: ['ignore', 'ignore', 'inherit'] })));
    await connection.run('scancel -u "$USER"', { timeoutMs: 60_000 });
  }
  await connection.close();
  const against = 'one `ssh HOST sbatch --array`, no file sent';
  return [figure(`${COUNT} like runs submitted over SSH as one array, files sent`, median(ours), against, median(theirs), 'ms', 1.5)];
}
