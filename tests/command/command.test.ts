import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import manifest from '../../package.json' with { type: 'json' };
import { runCommand, USAGE } from '../../server/command/run.ts';
import type { Context } from '../../server/launch/context.ts';
import { testContext } from '../support/context.ts';
import { launched, letGo, planned, untilLetGo } from '../support/prepared_experiment.ts';

/** What a command wrote and its exit code. */
async function said(words: readonly string[], context: Context, live = false): Promise<{ code: number; text: string }> {
  let text = '';
  const write = (more: string): void => {
    text += more;
  };
  const code = await runCommand(words, context, { write, live });
  return { code, text };
}

describe('the command line', () => {
  it.each([[[]], [['--help']], [['-h']]])('explains itself for %j', async (words) => {
    expect(await said(words, testContext())).toEqual({ code: 0, text: USAGE });
  });

  it('tells its version', async () => {
    expect(await said(['--version'], testContext())).toEqual({ code: 0, text: `${manifest.version}\n` });
  });

  it.each([
    [['montor', 'x'], 'there is no command "montor"; did you mean "monitor"?'],
    [['monitor'], 'name the experiment: runwright monitor EXPERIMENT'],
    [['status', 'a', 'b'], 'status takes one argument; "b" is too much'],
    [['status', '--once'], '--once belongs to monitor'],
  ])('refuses %j with a word on what is meant', async (words, message) => {
    await expect(said(words, testContext())).rejects.toThrow(message);
  });
});

describe('runwright status', () => {
  it('says where experiments are looked for when there is none', async () => {
    const context = testContext();
    expect(await said(['status'], context)).toEqual({
      code: 1,
      text: `no experiment lies in ${context.root.dir}; give an experiment's folder, or set RUNWRIGHT_EXPERIMENTS to where yours lie\n`,
    });
  });

  it('shows a line for each experiment, also beside one whose plan has an error', async () => {
    const { context } = await planned();
    mkdirSync(join(context.root.dir, 'broken'));
    writeFileSync(join(context.root.dir, 'broken', 'runs_plan.md'), '## Runs\n');
    const { code, text } = await said(['status'], context);
    expect({ code, lines: text.split('\n') }).toEqual({
      code: 0,
      lines: [
        `experiments in ${context.root.dir}`,
        '',
        expect.stringMatching(/^experiment {8}runs$/),
        expect.stringMatching(/^-+ {2}-+$/),
        expect.stringMatching(/^broken {12}\S/),
        'words_2025-10-20  3 runs: 1 not-trained, 2 planned.',
        '',
      ],
    });
  });

  it('shows what is done and what is to do', async () => {
    const { context, experiment_dir } = await planned();
    expect(await said(['status', experiment_dir], context)).toEqual({
      code: 0,
      text: `3 runs: 1 not-trained, 2 planned.

stage                    done  to do  for
-----------------------  ----  -----  ---------------------------------
setup_experiment_dirs    0     3      tiny_base, tiny_rank4, tiny_rank8
create_torchtune_config  0     2      tiny_rank4, tiny_rank8
generate_slurm_script    0     2      tiny_rank4, tiny_rank8
launch_runs              0     2      tiny_rank4, tiny_rank8
monitor_jobs             0     2      tiny_rank4, tiny_rank8

next: setup_experiment_dirs: 3 runs to do
`,
    });
  });
});

describe('runwright monitor', () => {
  it('watches the jobs to their end, and answers 0 when all are COMPLETED', async () => {
    const { context, experiment_dir } = await launched();
    const { code, text } = await said(['monitor', experiment_dir], context);
    expect({ code, last: text.trimEnd().split('\n').slice(-2) }).toEqual({
      code: 0,
      last: ['2 COMPLETED; every launched job has ended.', 'next: experiment_status: every launched run is COMPLETED'],
    });
  });

  it('redraws a terminal in place', async () => {
    const { context, experiment_dir } = await launched();
    const { text } = await said(['monitor', experiment_dir], context, true);
    expect(text).toMatch(/2 COMPLETED; every launched job has ended\.\nnext: [^\n]*\n$/);
    const drawn = text.split('\u001b[0J');
    for (const [index, part] of drawn.entries())
      if (index < drawn.length - 1) expect(part.endsWith(`\u001b[${part.split('\n').length - 1}A`)).toBe(true);
  });

  it('looks once with --once, and answers 1 while jobs are going', async () => {
    const { context, experiment_dir } = await launched(untilLetGo);
    const { code, text } = await said(['monitor', '--once', experiment_dir], context);
    letGo(context.home);
    expect({ code, next: text.trimEnd().split('\n').at(-1) }).toEqual({
      code: 1,
      next: 'next: monitor_jobs: jobs are still going; wait_seconds with until "change" or "done" waits here',
    });
  });

  it('is refused in read-only mode, since it writes what it sees', async () => {
    const { context, experiment_dir } = await planned();
    await expect(
      runCommand(['monitor', experiment_dir], { ...context, read_only: true }, { write: () => undefined, live: false }),
    ).rejects.toThrow('monitor records what it sees, and RUNWRIGHT_READ_ONLY is set; runwright status reads only the disk');
  });

  it('answers 1 at once when nothing was launched', async () => {
    const { context, experiment_dir } = await planned();
    expect(await said(['monitor', experiment_dir], context)).toEqual({
      code: 1,
      text: '2 planned.\nnext: preflight_runs: no run has been launched yet\n',
    });
  });
});

describe('runwright doctor', () => {
  it('says what each cluster lacks, with its mend, also beside one that cannot be reached', async () => {
    const context = testContext();
    writeFileSync(
      join(context.root.dir, 'clusters.yaml'),
      'away: {connection: ssh, host: 127.0.0.1, port: 1, user: alice, experiments_dir: /scratch}\n',
    );
    const { code, text } = await said(['doctor'], context);
    expect(code).toBe(1);
    expect(text).toMatch(new RegExp(`^runwright ${manifest.version}, Node ${process.version}, linux\nexperiments: ${context.root.dir}\n`));
    expect(text).toContain('cluster away: not usable now.\n  error: cluster away: ');
    expect(text).toContain('cluster local: this machine, with the embedded scheduler; ');
  });

  it('answers 0 when the cluster has all it needs', async () => {
    const { context } = await planned();
    const { code, text } = await said(['doctor', 'local'], context);
    expect({ code, cluster: text.split('\n')[2] }).toEqual({
      code: 0,
      cluster: 'cluster local: this machine, with the embedded scheduler; ready.',
    });
  });
});
