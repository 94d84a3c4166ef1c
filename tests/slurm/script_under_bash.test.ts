import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { digest } from '../../server/model/digest.ts';
import { renderScript, type ScriptRequest } from '../../server/slurm/script.ts';
import { CPU_RESOURCES, sampleRequest } from './sample_request.ts';

const CONFIG = 'model: tiny\n';

function makeRun(differing: Partial<ScriptRequest> = {}, folder = 'run'): { run_dir: string; script: string } {
  const run_dir = join(mkdtempSync(join(tmpdir(), 'script-')), folder);
  mkdirSync(run_dir, { recursive: true });
  const config_path = join(run_dir, 'finetune.yaml');
  writeFileSync(config_path, CONFIG);
  const script = join(run_dir, 'finetune.slurm');
  const request = {
    run_dir,
    config_path,
    config_digest: digest(CONFIG),
    resources: CPU_RESOURCES,
    setup: [],
    env: {},
    packages: [],
    after: undefined,
  };
  writeFileSync(script, renderScript(sampleRequest({ ...request, writes: [join(run_dir, 'artifacts')], launch: ['true'], ...differing })));
  return { run_dir, script };
}

const environment = (job: string): NodeJS.ProcessEnv => ({ PATH: process.env.PATH, SLURM_JOB_ID: job, SLURM_JOB_NAME: `name-${job}` });
const runScript = (script: string, job = '7', words = ['1']) =>
  spawnSync('bash', [script, ...words], { encoding: 'utf8', env: environment(job) });
const record = (run_dir: string, attempt = '1'): Record<string, unknown> =>
  JSON.parse(readFileSync(join(run_dir, '.runwright', `attempt-${attempt}`, 'exit.json'), 'utf8'));

describe('the job script under bash', () => {
  it('ends with the exit code of the training and records it', () => {
    const { run_dir, script } = makeRun({ launch: ['bash', '-c', 'exit 7'] });
    expect(runScript(script).status).toBe(7);
    expect(record(run_dir)).toEqual({
      job_id: '7',
      attempt: '1',
      exit_code: 7,
      time_limit_near: false,
      started: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
      ended: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
      host: expect.stringMatching(/^[A-Za-z0-9._-]+$/),
    });
    expect(existsSync(join(run_dir, 'artifacts'))).toBe(true);
  });

  it('tidies up after a training that ended well, and after no other', () => {
    const python = "import sys\nopen(sys.argv[1], 'a').write('tidied\\n')";
    const ran = (code: number): [number | null, boolean] => {
      const file = join(mkdtempSync(join(tmpdir(), 'script-')), "it's here");
      const { script } = makeRun({ launch: ['bash', '-c', `exit ${code}`], after: { doing: 'tidying', python, words: [file] } });
      return [runScript(script).status, existsSync(file)];
    };
    expect([ran(0), ran(3)]).toEqual([
      [0, true],
      [3, false],
    ]);
  });

  it('counts the training, though tidying up after it failed', () => {
    const { run_dir, script } = makeRun({ after: { doing: 'tidying', python: 'raise SystemExit("the disk is full")', words: [] } });
    const ran = runScript(script);
    expect(ran).toMatchObject({ status: 0, stderr: 'the disk is full\n' });
    expect(ran.stdout).toContain('runwright: stopped while tidying; the checkpoints are as the training left them, or half way\n');
    expect(record(run_dir)).toMatchObject({ exit_code: 0 });
  });

  it('takes an attempt of its own when a person submits it by hand', () => {
    const { run_dir, script } = makeRun();
    expect(runScript(script, '12', []).status).toBe(0);
    expect(record(run_dir, 'manual-12')).toMatchObject({ job_id: '12', attempt: 'manual-12', exit_code: 0 });
  });

  it('does no work when another job has the attempt, and leaves the record of that job alone', () => {
    const { run_dir, script } = makeRun({ launch: ['bash', '-c', 'echo trained >> trained; exit 5'] });
    runScript(script, '7');
    const second = runScript(script, '8');
    expect(second).toMatchObject({
      status: 0,
      stdout: 'runwright: job 7 already has attempt 1 of Llama-3.2-1B-Instruct_5L_rank8; this job, 8, does no work\n',
    });
    expect(readFileSync(join(run_dir, 'trained'), 'utf8')).toBe('trained\n');
    expect(record(run_dir)).toMatchObject({ job_id: '7', exit_code: 5 });
  });

  it('goes on when Slurm starts the same job again', () => {
    const { run_dir, script } = makeRun({ launch: ['bash', '-c', 'echo trained >> trained'] });
    runScript(script, '7');
    expect(runScript(script, '7').stdout).toContain('runwright: job 7 starts attempt 1 again\n');
    expect(readFileSync(join(run_dir, 'trained'), 'utf8')).toBe('trained\ntrained\n');
  });

  it('refuses to train with a config that it was not made for', () => {
    const { run_dir, script } = makeRun({ launch: ['touch', 'trained'] });
    writeFileSync(join(run_dir, 'finetune.yaml'), 'model: other\n');
    const result = runScript(script);
    expect(result.status).toBe(3);
    expect(result.stdout).toContain(`runwright: config sha256: expected ${digest(CONFIG)}, found ${digest('model: other\n')}\n`);
    expect(result.stdout).toContain(
      'runwright: the config is not the one that this script was made for, so nothing was trained; run generate_slurm_script again\n',
    );
    expect(existsSync(join(run_dir, 'trained'))).toBe(false);
    expect(record(run_dir)).toMatchObject({ exit_code: 3 });
  });

  it('refuses to train on the CPU what was meant for GPUs, unless told', () => {
    const resources = { ...CPU_RESOURCES, gpus: 2 };
    const { script } = makeRun({ resources });
    const result = runScript(script);
    expect(result.status).toBe(4);
    expect(result.stdout).toContain('runwright: this run trains on 2 GPUs and nvidia-smi finds none on ');
    expect(runScript(makeRun({ resources, env: { RUNWRIGHT_SKIP_GPU_CHECK: '1' } }).script).status).toBe(0);
  });

  it('names the setup line that failed', () => {
    const { run_dir, script } = makeRun({ setup: ['echo "$UNSET_IS_FINE"', 'ls /no/such/module'], launch: ['touch', 'trained'] });
    const result = runScript(script);
    expect(result.status).toBe(2);
    expect(result.stdout).toContain('runwright: this setup line failed: ls /no/such/module\n');
    expect(result.stdout).toContain('runwright: stopped with exit code 2 while running the setup lines of the cluster profile\n');
    expect(existsSync(join(run_dir, 'trained'))).toBe(false);
  });

  it('passes TERM on to the training, waits for it, and records the signal', async () => {
    const { run_dir, script } = makeRun({
      launch: ['bash', '-c', 'trap "echo saved > saved; exit 9" TERM; touch ready; while true; do sleep 0.05; done'],
    });
    expect(await signalled(script, run_dir, ['SIGTERM'])).toBe(9);
    expect(readFileSync(join(run_dir, 'saved'), 'utf8')).toBe('saved\n');
    expect(record(run_dir)).toMatchObject({ exit_code: 9, signal: 'TERM', time_limit_near: false });
  });

  it('records a TERM that Slurm sent to the training itself', () => {
    const { run_dir, script } = makeRun({ launch: ['bash', '-c', 'kill -TERM $$'] });
    expect(runScript(script).status).toBe(143);
    expect(record(run_dir)).toMatchObject({ exit_code: 143, signal: 'TERM' });
  });

  it('keeps USR1 from the training, and notes that the time limit is near', async () => {
    const { run_dir, script } = makeRun({ launch: ['bash', '-c', 'touch ready; sleep 0.6; exit 4'] });
    expect(await signalled(script, run_dir, ['SIGUSR1'])).toBe(4);
    expect(record(run_dir)).toMatchObject({ exit_code: 4, time_limit_near: true });
    expect(record(run_dir)).not.toHaveProperty('signal');
  });

  it('hands over hostile values as data', () => {
    const hostile = fc.oneof(
      fc.constantFrom('$(touch owned)', '`touch owned`', "a'b", 'a"b', 'a\nb', '\\', '* ?', '!x', '{{run}}', '<&>', '-n', '~', ''),
      fc.string({ unit: 'grapheme', maxLength: 20 }).filter((text) => !text.includes('\0')),
    );
    fc.assert(
      fc.property(fc.array(hostile, { minLength: 1, maxLength: 4 }), (values) => {
        const env = Object.fromEntries(values.map((value, index) => [`VALUE_${index}`, value]));
        const print = `import json, os, sys; json.dump([sys.argv[1:], [os.environ["VALUE_%d" % i] for i in range(${values.length})]], open("got", "w"))`;
        const { run_dir, script } = makeRun({ env, launch: ['python3', '-X', 'utf8', '-c', print, ...values] });
        expect(runScript(script).status).toBe(0);
        expect(JSON.parse(readFileSync(join(run_dir, 'got'), 'utf8'))).toEqual([values, values]);
        expect(existsSync(join(run_dir, 'owned'))).toBe(false);
      }),
      { numRuns: 15 },
    );
  }, 60_000);

  it.each(['a b', "it's", '$(touch owned)', 'new\nline', '"quoted"', '100%'])('works in a folder named %j', (folder) => {
    const { run_dir, script } = makeRun({}, folder);
    expect(runScript(script).status).toBe(0);
    expect(record(run_dir)).toMatchObject({ exit_code: 0 });
    expect(existsSync(join(run_dir, 'owned'))).toBe(false);
  });
});

async function signalled(script: string, run_dir: string, signals: readonly NodeJS.Signals[]): Promise<number | null> {
  const child = spawn('bash', [script, '1'], { env: environment('7'), stdio: 'ignore' });
  const ended = new Promise<number | null>((resolve) => child.on('exit', resolve));
  while (!existsSync(join(run_dir, 'ready'))) await new Promise((resolve) => setTimeout(resolve, 20));
  for (const signal of signals) child.kill(signal);
  return ended;
}
