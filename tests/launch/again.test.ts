import { describe, expect, test } from 'vitest';
import type { Attempt } from '../../server/experiment/attempts.ts';
import { torchtune } from '../../server/frameworks/torchtune/framework.ts';
import { type Again, again, type Standing } from '../../server/launch/again/again.ts';
import type { Cause, RunDiagnosis } from '../../server/launch/diagnosis/diagnosis.ts';
import { NO_EVIDENCE } from '../../server/launch/diagnosis/run_evidence.ts';
import type { RunFiles } from '../../server/launch/run_files.ts';

const CONFIG = `# recipe: lora_finetune_single_device
model:
  _component_: torchtune.models.llama3.lora_llama3
  lora_rank: 8
batch_size: 4
epochs: 3
gradient_accumulation_steps: 2
enable_activation_checkpointing: false
device: cuda
`;
const SCRIPT = '#!/bin/bash\n#SBATCH --mem=16G\n#SBATCH --time=01:00:00\n';
const PLAN: RunFiles = { run: 'r', config: CONFIG, script: SCRIPT, config_sha256: 'config', script_sha256: 'script' };

const attempt = (number: number, state: string, more: Partial<Attempt> = {}): Attempt => ({
  attempt: number,
  token: `t${number}`,
  job_name: `r.t${number}`,
  cluster: 'della',
  preflight_id: 'p',
  state,
  since: '2025-10-20T13:58:00.000Z',
  config_sha256: 'config',
  script_sha256: 'script',
  time_limit: '01:00:00',
  mem: '16G',
  ...more,
});

const because = (cause: Cause, step?: number): RunDiagnosis => ({
  cause,
  what: `it was ${cause}`,
  evidence: [],
  mend: 'mend it',
  safe_to_retry: true,
  ...(step === undefined ? {} : { step }),
});

const standing = (more: Partial<Standing>): Standing => ({
  mode: 'retry',
  framework: torchtune,
  attempts: [attempt(1, 'FAILED')],
  plan: PLAN,
  evidence: NO_EVIDENCE,
  diagnosis: undefined,
  before: undefined,
  anyway: false,
  ...more,
});

const next = (more: Partial<Standing>): Again => {
  const decided = again(standing(more));
  if ('why_not' in decided) throw new Error(decided.why_not);
  return decided;
};
const changesOf = (more: Partial<Standing>): string[] => next(more).changes.map(({ setting, from, to }) => `${setting}: ${from} -> ${to}`);
const whyNot = (more: Partial<Standing>): string => {
  const decided = again(standing(more));
  return 'why_not' in decided ? decided.why_not : expect.fail('it goes on');
};

/** What an attempt made from the plan's files has in the journal. */
const own = (more: Partial<Attempt>): Partial<Attempt> => ({
  config_sha256: 'own',
  script_sha256: 'own',
  plan_config_sha256: 'config',
  plan_script_sha256: 'script',
  ...more,
});

describe('what a failure changes', () => {
  test('memory of the GPU: half the batch and twice the accumulation, then activation checkpointing, from the plan each time', () => {
    const first = next({ diagnosis: because('cuda_oom') });
    expect(first.changes.map(({ setting, from, to }) => [setting, from, to])).toEqual([
      ['batch_size', '4', '2'],
      ['gradient_accumulation_steps', '2', '4'],
    ]);
    const second = attempt(2, 'FAILED', own({ changes: first.changes, eased: first.eased }));
    expect(changesOf({ attempts: [attempt(1, 'FAILED'), second], diagnosis: because('cuda_oom'), before: because('cuda_oom') })).toEqual([
      'batch_size: 4 -> 1',
      'gradient_accumulation_steps: 2 -> 8',
    ]);
    const eased = attempt(2, 'FAILED', own({ eased: 2 }));
    expect(changesOf({ attempts: [attempt(1, 'FAILED'), eased], diagnosis: because('cuda_oom'), before: because('cuda_oom') })).toEqual([
      'batch_size: 4 -> 1',
      'gradient_accumulation_steps: 2 -> 8',
      'enable_activation_checkpointing: false -> true',
    ]);
    const nothingLeft = attempt(2, 'FAILED', own({ eased: 3 }));
    expect(whyNot({ attempts: [attempt(1, 'FAILED'), nothingLeft], diagnosis: because('cuda_oom') })).toMatch(
      /^batch_size is 1 and activation checkpointing is on; anything else would change what is trained; ask for GPUs with more memory/,
    );
  });

  test('memory of the host: twice as much, once more after that, and what a person has raised stays as it is', () => {
    const diagnosis = because('host_oom');
    const changed = next({ diagnosis }).changes;
    expect(changed).toEqual([{ setting: 'mem', from: '16G', to: '32G', why: '16G was not enough: twice as much' }]);
    const second = attempt(2, 'OUT_OF_MEMORY', own({ changes: changed, mem: '32G' }));
    expect(changesOf({ attempts: [attempt(1, 'OUT_OF_MEMORY'), second], diagnosis })).toEqual(['mem: 16G -> 64G']);
    const raised = { ...PLAN, script: SCRIPT.replace('16G', '48G'), script_sha256: 'other' };
    expect(changesOf({ attempts: [attempt(1, 'OUT_OF_MEMORY')], plan: raised, diagnosis })).toEqual([]);
  });

  test('time: by the rate of the attempt, or twice as much when its log does not tell', () => {
    const diagnosis = because('time_limit');
    const timed_out = [attempt(1, 'TIMEOUT')] as const;
    expect(next({ attempts: timed_out, diagnosis }).changes).toEqual([
      {
        setting: 'time',
        from: '01:00:00',
        to: '02:00:00',
        why: '01:00:00 was not enough, and the log does not tell how much is: twice as much',
      },
    ]);
    const output = 'epochs: 3\n1|100|Loss: 2.5:  25%|##  | 100/100 [55:00<02:45,  36.0s/it]';
    expect(next({ attempts: timed_out, diagnosis, evidence: { ...NO_EVIDENCE, output } }).changes).toEqual([
      { setting: 'time', from: '01:00:00', to: '03:45:00', why: 'at 36 s a step, 300 steps take about 03:00:00; a fifth to spare' },
    ]);
  });

  test('a node that failed is left out, beside those that were left out before', () => {
    const failed = attempt(1, 'NODE_FAIL', { node: 'gpu7' });
    expect(changesOf({ attempts: [failed], diagnosis: because('node_failed') })).toEqual(['exclude: not set -> gpu7']);
    const plan = { ...PLAN, script: `${SCRIPT}#SBATCH --exclude=gpu1\n` };
    expect(changesOf({ attempts: [failed], plan, diagnosis: because('node_failed') })).toEqual(['exclude: gpu1 -> gpu1,gpu7']);
    const several = attempt(1, 'NODE_FAIL', { node: 'gpu[1-4]' });
    expect(changesOf({ attempts: [several], diagnosis: because('node_failed') })).toEqual([]);
    const again = attempt(2, 'PREEMPTED', own({ changes: next({ attempts: [failed], diagnosis: because('node_failed') }).changes }));
    expect(changesOf({ attempts: [failed, again], diagnosis: because('preempted') })).toEqual(['exclude: not set -> gpu7']);
  });

  test('a config that was changed since starts from nothing: no easing is carried over or added', () => {
    const eased = attempt(2, 'FAILED', own({ eased: 1 }));
    const plan = { ...PLAN, config_sha256: 'mended' };
    expect(next({ attempts: [attempt(1, 'FAILED'), eased], plan, diagnosis: because('cuda_oom') })).toEqual({
      config: CONFIG,
      changes: [],
      eased: 0,
    });
  });
});

describe('when there is no further attempt', () => {
  test('three attempts that failed by themselves are the most; preemptions, lost nodes and cancellations do not count', () => {
    const three = [attempt(1, 'FAILED'), attempt(2, 'TIMEOUT'), attempt(3, 'FAILED')] as const;
    const why = '3 attempts have failed, the most that are made unasked: mend the cause, then call with anyway: true';
    expect(whyNot({ attempts: three, diagnosis: because('script', 7) })).toBe(why);
    expect(next({ attempts: three, diagnosis: because('script', 7), anyway: true }).changes).toEqual([]);
    const unlucky = [attempt(1, 'PREEMPTED'), attempt(2, 'NODE_FAIL'), attempt(3, 'CANCELLED'), attempt(4, 'PREEMPTED')] as const;
    expect(next({ attempts: unlucky, diagnosis: because('preempted'), before: because('preempted') }).changes).toEqual([]);
  });

  test('a training longer than its time limit goes on as often as it gets further, in the same limit', () => {
    const files = ['adapter_model.pt', 'adapter_model.safetensors', 'adapter_config.json'].map((name) => `epoch_1/${name}`);
    const evidence = {
      ...NO_EVIDENCE,
      files: [...files, 'recipe_state/recipe_state.pt'].map((path, index) => ({ path: `artifacts/${path}`, size: 4000, modified: index })),
    };
    const config = `${CONFIG}epochs: 9\nsave_adapter_weights_only: true\ncheckpointer:\n  output_dir: /e/r/artifacts\n`.replace(
      'epochs: 3\n',
      '',
    );
    const plan = { ...PLAN, config };
    const timed_out = (number: number, resumed_from?: string): Attempt =>
      attempt(number, 'TIMEOUT', resumed_from === undefined ? {} : own({ resumed_from }));
    const further = [timed_out(1), timed_out(2, 'epoch 0 of 9'), timed_out(3, 'epoch 1 of 9')] as const;
    const decided = next({
      mode: 'resume',
      attempts: further,
      plan,
      evidence,
      diagnosis: because('time_limit'),
      before: because('time_limit'),
    });
    expect(decided.resumed_from).toBe('epoch 2 of 9');
    expect(decided.changes.filter(({ setting }) => setting === 'time')).toEqual([]);
    const nowhere = [timed_out(1), timed_out(2, 'epoch 2 of 9'), timed_out(3, 'epoch 2 of 9'), timed_out(4, 'epoch 2 of 9')] as const;
    expect(whyNot({ mode: 'resume', attempts: nowhere, plan, evidence, diagnosis: because('time_limit') })).toMatch(
      /^3 attempts have failed/,
    );
    const once = [timed_out(1), timed_out(2, 'epoch 2 of 9')] as const;
    expect(changesOf({ mode: 'resume', attempts: once, plan, evidence, diagnosis: because('time_limit') })).toContain(
      'time: 01:00:00 -> 02:00:00',
    );
  });

  test('the same failure twice at the same step, with nothing changed in between', () => {
    const attempts = [attempt(1, 'FAILED'), attempt(2, 'FAILED')] as const;
    expect(whyNot({ attempts, diagnosis: because('script', 7), before: because('script', 7) })).toBe(
      'twice the same, at step 7, with nothing changed in between (it was script): mend it; then call with anyway: true',
    );
    expect(next({ attempts, diagnosis: because('script', 9), before: because('script', 7) }).changes).toEqual([]);
    const mended = { ...PLAN, config_sha256: 'mended' };
    expect(next({ attempts, plan: mended, diagnosis: because('script', 7), before: because('script', 7) }).changes).toEqual([]);
  });

  test('what lies in the config is not tried again with the same config', () => {
    expect(whyNot({ diagnosis: because('nan_loss') })).toBe(
      'it was nan_loss, and the same config would do it again: mend it (or anyway: true)',
    );
    expect(next({ diagnosis: because('nan_loss'), plan: { ...PLAN, config_sha256: 'mended' } }).changes).toEqual([]);
  });

  describe('a checkpoint', () => {
    const files = ['epoch_0/adapter_model.pt', 'epoch_0/adapter_model.safetensors', 'epoch_0/adapter_config.json'];
    /** Whole, as an attempt that began at 14:00 left it at 14:30. */
    const evidence = {
      ...NO_EVIDENCE,
      files: [...files, 'recipe_state/recipe_state.pt'].map((path, index) => ({
        path: `artifacts/${path}`,
        size: 4000,
        modified: Date.parse('2025-10-20T14:30:00Z') / 1000 + index,
      })),
    };
    const config = `${CONFIG}save_adapter_weights_only: true\ncheckpointer:\n  output_dir: /e/r/artifacts\n`;
    const plan = { ...PLAN, config };
    const began = (number: number, hour: number, config_sha256 = 'config'): Attempt =>
      attempt(number, 'TIMEOUT', { started: `2025-10-20T${hour}:00:00.000Z`, config_sha256 });
    const going = { mode: 'resume', plan, evidence, diagnosis: because('time_limit') } as const;

    test('is gone on from with the config that trained it', () => {
      expect(next({ ...going, attempts: [began(1, 14)] }).resumed_from).toBe('epoch 1 of 3');
    });

    test('of another config is not gone on from unasked: its learning rate, schedule and NaN would stay', () => {
      const attempts = [began(1, 14, 'another')] as const;
      expect(whyNot({ ...going, attempts })).toBe(
        'finetune.yaml is not the one that its checkpoint was trained with, and what the checkpoint holds wins: the optimizer keeps its learning rate and the weights what they have learnt, NaN included; start the run afresh (preflight_runs with mode "retry"), or set the plan back and make its config again (or anyway: true)',
      );
      expect(next({ ...going, attempts, mode: 'retry' }).starts_over).toBeUndefined();
      expect(next({ ...going, attempts, anyway: true })).toMatchObject({
        resumed_from: 'epoch 1 of 3',
        caution: expect.stringContaining('finetune.yaml is not the one that its checkpoint was trained with'),
      });
    });

    test('that is older than the present start from nothing is not taken for its own', () => {
      expect(whyNot({ ...going, attempts: [began(1, 14, 'another'), began(2, 15)] })).toMatch(/^the first epoch did not end/);
      expect(next({ ...going, attempts: [began(1, 13, 'another'), began(2, 14)] }).resumed_from).toBe('epoch 1 of 3');
    });
  });

  test('no checkpoint to go on from', () => {
    expect(whyNot({ mode: 'resume', diagnosis: because('preempted') })).toBe(
      'the first epoch did not end, so nothing was saved to go on from; start the run afresh (preflight_runs with mode "retry")',
    );
  });
});
