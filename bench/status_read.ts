import { openConnection } from '../server/clusters/open_connection.ts';
import type { JobRef } from '../server/clusters/scheduler.ts';
import { createSlurmScheduler } from '../server/slurm/slurm_scheduler.ts';
import { developmentCluster } from '../tests/support/development_cluster.ts';
import { type Figure, figure, median } from './figure.ts';
import { milliseconds } from './figure_time.ts';

const COUNT = 1000;
const ROUNDS = 7;

/** One look at 1,000 jobs over SSH (squeue, sacct, exit records, ends of logs), against squeue and sacct alone in one session. */
export async function statusRead(): Promise<Figure[]> {
  const lab = developmentCluster();
  if (lab === undefined) return [];
  const connection = await openConnection(lab.profile);
  const scheduler = createSlurmScheduler(connection);
  const name = `status.${process.pid}`;
  const submit = `for hold in '' --hold --hold --hold --hold; do sbatch --parsable $hold --array=0-199%50 --job-name=${name} -p cpu --mem=10M --time=1 --output=/dev/null --wrap true; done`;
  const ids = (await connection.run(submit, { timeoutMs: 60_000 })).stdout.trim().split('\n');
  // Some have ended, some run, most wait, as an earlier look has seen; the more have ended, the more there is to ask.
  await connection.run(
    `until (( $(squeue -h -r -u "$USER" -o %i | wc -l) <= 900 )); do sleep 0.2; done; scontrol hold ${ids[0]}; sleep 2`,
    { timeoutMs: 120_000 },
  );
  const since = new Date().toISOString();
  const jobs = Array.from({ length: COUNT }, (_, index): JobRef => {
    const [base, task] = [ids[Math.floor(index / 200)], index % 200];
    const run_dir = `${lab.experiments_dir}/status/run${index}`;
    return {
      token: `t${index}`,
      job_name: name,
      job_id: `${base}_${task}`,
      task,
      run_dir,
      attempt: 1,
      output_path: `${run_dir}/logs/attempt-1.out`,
      since,
      may_have_ended: index < 200,
    };
  });
  const raw = `squeue -h -r -u "$USER" -o '%i|%T|%r'; sacct -X -n -P -o JobID,State,ExitCode -j ${ids.join(',')}`;
  const ours: number[] = [];
  const theirs: number[] = [];
  const parts = [
    async () =>
      void ours.push(
        await milliseconds(async () => {
          const seen = await scheduler.observe(jobs, { metrics_file: 'logs/metrics.log' });
          if (seen.jobs.size !== COUNT) throw new Error(`only ${seen.jobs.size} of ${COUNT} jobs were seen`);
        }),
      ),
    async () => void theirs.push(await milliseconds(() => connection.run(raw, { timeoutMs: 60_000 }))),
  ];
  for (let round = 0; round < ROUNDS; round += 1) for (const part of round % 2 === 0 ? parts : [...parts].reverse()) await part();
  await connection.run('scancel -u "$USER"', { timeoutMs: 60_000 });
  await connection.close();
  return [
    figure(`one status read of ${COUNT} jobs over SSH`, median(ours), 'raw squeue and sacct in one session', median(theirs), 'ms', 1.2),
  ];
}
