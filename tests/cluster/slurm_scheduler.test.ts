import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Connection } from '../../server/clusters/connection.ts';
import { openConnection } from '../../server/clusters/open_connection.ts';
import type { JobRef, Observation, Scheduler, Submission } from '../../server/clusters/scheduler.ts';
import { digest } from '../../server/model/digest.ts';
import { shellQuote } from '../../server/model/shell_quote.ts';
import { renderScript } from '../../server/slurm/script.ts';
import { siteFacts } from '../../server/slurm/site.ts';
import { createSlurmScheduler } from '../../server/slurm/slurm_scheduler.ts';
import { CPU_RESOURCES, sampleRequest } from '../slurm/sample_request.ts';
import { developmentCluster } from '../support/development_cluster.ts';

const lab = developmentCluster();

const METRICS = 'artifacts/metrics.txt';
const CONFIG = 'model: tiny\n';

describe.skipIf(lab === undefined)('the Slurm scheduler on a real Slurm', () => {
  let connection: Connection;
  let scheduler: Scheduler;
  let home: string;
  const texts = new Map<string, string>();
  const session = randomBytes(4).toString('hex');

  beforeAll(async () => {
    if (lab === undefined) return;
    connection = await openConnection(lab.profile);
    scheduler = createSlurmScheduler(connection);
    home = join(lab.dir, 'home', lab.profile.user ?? '', `scheduler-${session}`);
  });
  afterAll(async () => {
    await connection?.run(
      `squeue -h -o '%i %j' -u "$USER" | grep ${session} | while read -r i _; do scancel "$i"; done; rm -rf -- ${shellQuote(home)}`,
      {
        timeoutMs: 60_000,
      },
    );
    await connection?.close();
  });

  const shell = async (command: string): Promise<string> => (await connection.run(command, { timeoutMs: 60_000 })).stdout.trim();

  async function prepare(run: string, launch: readonly string[], partition = 'cpu', time = '00:10:00'): Promise<Submission> {
    const run_dir = `${home}/${run}`;
    const config_path = `${run_dir}/finetune.yaml`;
    const text = renderScript(
      sampleRequest({
        run,
        run_dir,
        config_path,
        config_digest: digest(CONFIG),
        launch,
        resources: { ...CPU_RESOURCES, mem: '100M', time, partition },
        setup: [],
        env: {},
        writes: [`${run_dir}/artifacts`],
        metrics_file: METRICS,
      }),
    );
    texts.set(`${run_dir}/finetune.slurm`, text);
    await scheduler.upload(home, [
      { path: `${run}/finetune.yaml`, content: CONFIG },
      { path: `${run}/finetune.slurm`, content: text },
    ]);
    const token = `${run}-${session}`;
    return {
      run,
      attempt: 1,
      token,
      job_name: `lab-${token}`,
      run_dir,
      script_path: `${run_dir}/finetune.slurm`,
      output_path: `${run_dir}/logs/attempt-1.out`,
    };
  }

  const refOf = (submission: Submission, job_id?: string): JobRef => ({
    ...submission,
    ...(job_id === undefined ? {} : { job_id }),
    since: new Date().toISOString(),
  });

  async function observeUntil(jobs: readonly JobRef[], done: (seen: Observation) => boolean): Promise<Observation> {
    for (let tries = 0; ; tries += 1) {
      const seen = await scheduler.observe(jobs, { metrics_file: METRICS });
      if (done(seen) || tries > 200) return seen;
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }

  const submitOne = async (submission: Submission): Promise<string> => {
    const [outcome] = await scheduler.submit([submission]);
    if (outcome?.kind !== 'submitted') throw new Error(`not submitted: ${JSON.stringify(outcome)}`);
    return outcome.job_id;
  };

  it('submits, sees the jobs to their ends, and reads their exit codes and the ends of their files', async () => {
    const good = await prepare('good', ['bash', '-c', `echo 'Step 1 | loss:0.5' > ${METRICS}; echo training`]);
    const bad = await prepare('bad', ['bash', '-c', 'exit 3']);
    const ids = new Map<string, string>();
    for (const outcome of await scheduler.submit([good, bad])) if (outcome.kind === 'submitted') ids.set(outcome.token, outcome.job_id);
    expect([...ids.keys()]).toEqual([good.token, bad.token]);

    const refs = [refOf(good, ids.get(good.token)), refOf(bad)];
    const seen = await observeUntil(refs, ({ jobs }) => [good, bad].every(({ token }) => jobs.get(token)?.exit_code !== undefined));
    expect(seen).toMatchObject({ complete: true, trouble: [] });
    expect(seen.jobs.get(good.token)).toMatchObject({ job_id: ids.get(good.token), state: 'COMPLETED', exit_code: '0:0', node: 'cpu1' });
    expect(seen.jobs.get(bad.token)).toMatchObject({ job_id: ids.get(bad.token), state: 'FAILED', exit_code: '3:0' });
    expect(seen.tails.get(good.token)?.metrics).toBe('Step 1 | loss:0.5\n');
    expect(seen.tails.get(good.token)?.output).toContain('\ntraining\n');
  });

  it('gives the same id for the same token, with and without its receipt, and never a second job', async () => {
    const job = await prepare('twice', ['sleep', '60']);
    const id = await submitOne(job);
    expect(await submitOne(job)).toBe(id);
    await shell(`rm ${job.run_dir}/.runwright/attempt-1/receipt`);
    expect(await submitOne(job)).toBe(id);
    expect(await shell(`squeue -h -u "$USER" -n ${job.job_name} -o %i`)).toBe(id);

    await observeUntil([refOf(job, id)], ({ tails }) => tails.get(job.token)?.output.includes('training: sleep 60') ?? false);
    expect(await scheduler.cancel([refOf(job, id)])).toEqual(new Map([[job.token, undefined]]));
    const seen = await observeUntil([refOf(job, id)], ({ jobs }) => jobs.get(job.token)?.state === 'CANCELLED');
    expect(seen.jobs.get(job.token)).toMatchObject({ state: 'CANCELLED', job_id: id });
    const record = `${job.run_dir}/.runwright/attempt-1/exit.json`;
    expect(await shell(`for _ in 1 2 3 4 5 6 7 8 9 10; do [ -e ${record} ] && break; sleep 0.3; done; cat ${record}`)).toContain(
      '"signal":"TERM"',
    );
    expect(await scheduler.cancel([refOf(job, id)])).toEqual(
      new Map([[job.token, 'it is not in the queue: it has ended, or it was never there']]),
    );
  });

  it('does not submit again what was cut off without a trace', async () => {
    const job = await prepare('cut', ['true']);
    const folder = `${job.run_dir}/.runwright/attempt-1`;
    await shell(`mkdir -p ${folder}; echo ${job.token} $(date +%s) > ${folder}/submit.lock`);
    expect(await scheduler.submit([job])).toEqual([
      {
        kind: 'uncertain',
        token: job.token,
        message:
          `an earlier try was cut off before its receipt; squeue and sacct know no job named ${job.job_name}; should you know for ` +
          `certain that there is none, remove ${folder}/submit.lock, and launch_runs submits it`,
      },
    ]);
    await shell(`rm ${folder}/submit.lock`);
    expect(await submitOne(job)).toMatch(/^\d+$/);
  });

  it("finds jobs whatever the person's own settings of squeue and sacct are", async () => {
    const theirs = 'export SQUEUE_ACCOUNT=chem SQUEUE_NAMES=other SQUEUE_QOS=high SQUEUE_FORMAT2=jobid SACCT_FORMAT=jobid;';
    const run: Connection['run'] = (command, options) => connection.run(`${theirs} ${command}`, options);
    const under = createSlurmScheduler({ where: connection.where, run, close: async () => undefined });
    const job = await prepare('settings', ['sleep', '60']);
    const id = await submitOne(job);
    await shell(`rm ${job.run_dir}/.runwright/attempt-1/receipt`);
    expect(await under.submit([job])).toEqual([{ kind: 'submitted', token: job.token, job_id: id }]);
    expect((await under.observe([refOf(job)], { metrics_file: METRICS })).jobs.get(job.token)?.job_id).toBe(id);
    expect(await under.cancel([refOf(job, id)])).toEqual(new Map([[job.token, undefined]]));
  });

  it("asks for what stands in the script, whatever the person's own settings of sbatch are", async () => {
    const theirs = 'export SBATCH_TIMELIMIT=1 SBATCH_PARTITION=gpu SBATCH_OUTPUT=/dev/null SBATCH_SIGNAL=USR2 SBATCH_ACCOUNT=none;';
    const run: Connection['run'] = (command, options) => connection.run(`${theirs} ${command}`, options);
    const under = createSlurmScheduler({ where: connection.where, run, close: async () => undefined });
    const job = await prepare('sbatch', ['sleep', '60']);
    const [outcome] = await under.submit([job]);
    expect(outcome).toMatchObject({ kind: 'submitted' });
    expect(await shell(`squeue -h -u "$USER" -n ${job.job_name} -o '%P %l'`)).toBe('cpu 10:00');
    expect(await under.trial([texts.get(job.script_path) ?? ''])).toEqual([{ expected_start: expect.any(String) }]);
    await under.cancel([refOf(job)]);
  });

  it('looks for thousands of jobs of which only the names are known', async () => {
    const name = 'x'.repeat(90);
    const many = Array.from({ length: 2500 }, (_, index): JobRef => {
      const token = `${index}-${session}`;
      return {
        token,
        job_name: `${name}.${token}`,
        run_dir: home,
        attempt: 1,
        output_path: `${home}/none`,
        since: new Date().toISOString(),
      };
    });
    expect(await scheduler.observe(many, { metrics_file: METRICS })).toEqual({
      jobs: new Map(),
      complete: true,
      trouble: [],
      tails: new Map(),
    });
  });

  it('tells a refusal in the words of Slurm, and takes the token later', async () => {
    const job = await prepare('refused', ['true'], 'nosuch');
    expect(await scheduler.submit([job])).toEqual([
      {
        kind: 'refused',
        token: job.token,
        message: 'invalid partition specified: nosuch; Invalid partition name specified',
        transient: false,
      },
    ]);
    expect(await scheduler.trial([texts.get(job.script_path) ?? ''])).toEqual([
      { fault: 'invalid partition specified: nosuch; Invalid partition name specified' },
    ]);
    const mended = await prepare('refused', ['true']);
    expect(await submitOne(mended)).toMatch(/^\d+$/);
    expect(await scheduler.trial([texts.get(mended.script_path) ?? ''])).toEqual([
      { expected_start: expect.stringMatching(/^20\d\d-.*Z$/) },
    ]);
  });

  it('keeps ids apart that belong to other jobs', async () => {
    const job = await prepare('mine', ['sleep', '60']);
    const id = await submitOne(job);
    const stranger = { ...refOf(job, id), token: 'other', job_name: 'another-name' };
    const seen = await scheduler.observe([stranger], { metrics_file: METRICS });
    expect(seen).toMatchObject({ complete: true, jobs: new Map() });
    await scheduler.cancel([stranger]);
    expect(await shell(`squeue -h -j ${id} -o %T`)).toMatch(/PENDING|RUNNING|CONFIGURING/);
    await scheduler.cancel([refOf(job, id)]);
  });

  it('survives a session that is killed in the middle of many submissions', async () => {
    const first = await prepare('many-0', ['sleep', '60']);
    const many = Array.from({ length: 40 }, (_, index) => {
      const token = `many-${index}-${session}`;
      const run_dir = `${home}/many-${index}`;
      return { ...first, run: `many-${index}`, token, job_name: `lab-${token}`, run_dir, output_path: `${run_dir}/logs/attempt-1.out` };
    });
    const abort = new AbortController();
    setTimeout(() => abort.abort(), 150);
    await scheduler.submit(many, abort.signal);
    await shell(`for p in $(pgrep -u "$USER" -f many-39-${session}); do [ "$p" = "$$" ] || kill -9 "$p"; done 2>/dev/null; sleep 0.5`);
    const again = await scheduler.submit(many);
    // A kill between the lock and sbatch leaves one of which nobody can know: it stays uncertain, and has no job.
    const submitted = new Set(again.flatMap((outcome) => (outcome.kind === 'submitted' ? [outcome.token] : [])));
    expect(submitted.size).toBeGreaterThanOrEqual(39);
    const queued = (await shell(`squeue -h -t all -u "$USER" -o %j | grep many- | grep ${session} | sort`)).split('\n');
    expect(queued).toEqual(
      many
        .filter(({ token }) => submitted.has(token))
        .map(({ job_name }) => job_name)
        .sort(),
    );
    await scheduler.cancel(many.map((job) => refOf(job)));
  });

  it('knows the site', async () => {
    const facts = await siteFacts(connection, { setup: ['export X=1'], packages: ['pip', 'no-such-package'], command: 'bash' });
    expect(facts).toMatchObject({ version: '22.05.8', scheduler_up: true, accounting: true, max_array_size: 1001, trouble: [] });
    expect(facts.partitions.find(({ name }) => name === 'gpu')).toMatchObject({ is_default: true, nodes: 3, gpus: { a100: 8, h100: 8 } });
    expect(facts.qos).toContainEqual({ name: 'limited', max_submit: 3, max_jobs: 1 });
    expect(facts.software).toMatchObject({ command: expect.stringContaining('bash') });
    expect((await siteFacts(connection, { setup: ['false'] })).software.setup_fault).toBe('a setup line ended the shell');
  });
});
