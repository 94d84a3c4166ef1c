import { openConnection } from '../server/clusters/open_connection.ts';
import type { Submission } from '../server/clusters/scheduler.ts';
import { createSlurmScheduler } from '../server/slurm/slurm_scheduler.ts';
import { developmentCluster } from '../tests/support/development_cluster.ts';
import { type Figure, figure, median } from './figure.ts';
import { milliseconds } from './figure_time.ts';

const COUNT = 200;
const ROUNDS = 5;

/** 200 different scripts over SSH, against one shell loop of sbatch in one ssh session. */
export async function submission(): Promise<Figure[]> {
  const lab = developmentCluster();
  if (lab === undefined) {
    console.error('  skipped: no development Slurm (scripts/slurm/up.sh DIR, then RUNWRIGHT_LAB_DIR=DIR)');
    return [];
  }
  const connection = await openConnection(lab.profile);
  const scheduler = createSlurmScheduler(connection);
  const signal = new AbortController().signal;
  const ours: number[] = [];
  const theirs: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const root = `${lab.experiments_dir}/bench-${process.pid}-${round}`;
    const script = (index: number): string =>
      `#!/bin/bash\n#SBATCH --time=1\n#SBATCH --partition=cpu\n#SBATCH --hold\n# script ${index}\ntrue\n`;
    const items = Array.from({ length: COUNT }, (_, index): Submission => {
      const run_dir = `${root}/run${index}`;
      return {
        run: `run${index}`,
        attempt: 1,
        token: `bench${process.pid}${round}x${index}`,
        job_name: `run${index}.bench${process.pid}${round}x${index}`,
        run_dir,
        script_path: `${run_dir}/finetune.slurm`,
        output_path: `${run_dir}/logs/attempt-1.out`,
      };
    });
    const files = items.map(({ run }, index) => ({ path: `${run}/finetune.slurm`, content: script(index) }));
    ours.push(
      await milliseconds(async () => {
        await scheduler.upload(root, files, signal);
        const outcomes = await scheduler.submit(items, signal);
        const lost = outcomes.filter(({ kind }) => kind !== 'submitted');
        if (outcomes.length !== COUNT || lost.length > 0) throw new Error(`not submitted: ${JSON.stringify(lost.slice(0, 3))}`);
      }),
    );
    await connection.run('scancel -u "$USER"', { timeoutMs: 60_000 });
    const loop = `cd ${root} && for d in run*; do sbatch --parsable "$d/finetune.slurm" || exit 1; done | wc -l`;
    theirs.push(
      await milliseconds(async () => {
        const answer = await connection.run(loop, { timeoutMs: 120_000 });
        if (answer.stdout.trim() !== String(COUNT)) throw new Error(`the loop submitted ${answer.stdout} jobs: ${answer.stderr}`);
      }),
    );
    await connection.run('scancel -u "$USER"', { timeoutMs: 60_000 });
  }
  await connection.close();
  return [
    figure(
      `${COUNT} different scripts submitted over SSH, files sent`,
      median(ours),
      'one shell loop in one ssh session',
      median(theirs),
      'ms',
      1.3,
    ),
  ];
}
