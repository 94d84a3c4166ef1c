import { execFileSync, spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { signed } from '../../server/experiment/generated_file.ts';
import { remadeScript } from '../../server/slurm/remade_script.ts';
import { renderScript } from '../../server/slurm/script.ts';
import { sampleRequest } from './sample_request.ts';

const run_dir = sampleRequest().run_dir;
const plan = signed(renderScript(sampleRequest()), 'hash');
const changes = {
  config_path: `${run_dir}/attempts/2/finetune.yaml`,
  config_digest: 'a'.repeat(64),
  output_path: `${run_dir}/logs/attempt-2.out`,
  notes: ['Attempt 2, which differs from the plan:', '  time: 01:00:00 -> 02:00:00 (it was not enough)'],
  time: '02:00:00',
  exclude: 'gpu1,gpu7',
};

/** The lines that only one of the two has, `-` and `+` before them. */
function difference(before: string, after: string): string[] {
  const [one, other] = [before.split('\n'), after.split('\n')];
  return [
    ...one.filter((line) => !other.includes(line)).map((line) => `-${line}`),
    ...other.filter((line) => !one.includes(line)).map((line) => `+${line}`),
  ];
}

describe("a further attempt's script", () => {
  it("is the plan's but for these lines, and no longer says that a stage wrote it", () => {
    expect(difference(plan, remadeScript(plan, changes) ?? '').filter((line) => !line.includes('runwright wrote this file'))).toEqual([
      `-#SBATCH --output=${run_dir}/logs/%x-%j.out`,
      '-#SBATCH --time=01:00:00',
      `-CONFIG=${run_dir}/finetune.yaml`,
      '-CONFIG_SHA256=e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
      `-TRAIN=(tune run lora_finetune_single_device --config ${run_dir}/finetune.yaml)`,
      '+# Attempt 2, which differs from the plan:',
      '+#   time: 01:00:00 -> 02:00:00 (it was not enough)',
      `+#SBATCH --output=${run_dir}/logs/attempt-2.out`,
      '+#SBATCH --time=02:00:00',
      '+#SBATCH --exclude=gpu1,gpu7',
      `+CONFIG=${run_dir}/attempts/2/finetune.yaml`,
      `+CONFIG_SHA256=${'a'.repeat(64)}`,
      `+TRAIN=(tune run lora_finetune_single_device --config ${run_dir}/attempts/2/finetune.yaml)`,
    ]);
    expect(remadeScript(plan, changes)).not.toContain('runwright wrote this file');
  });

  it.skipIf(spawnSync('shellcheck', ['--version']).status !== 0 && process.env.RUNWRIGHT_REQUIRE_CLUSTER !== '1')(
    'is one that shellcheck has nothing to say about',
    () => {
      const { stdout } = spawnSync('shellcheck', ['-s', 'bash', '-'], { input: remadeScript(plan, changes), encoding: 'utf8' });
      expect(stdout).toBe('');
    },
  );

  it('keeps what a person has added by hand', () => {
    const edited = plan
      .replace('#SBATCH --mem=13G', '#SBATCH --mem=13G\n#SBATCH --mail-type=END')
      .replace('cd "$RUN_DIR"', 'cd "$RUN_DIR"\nmine');
    const text = remadeScript(edited, changes) ?? '';
    expect(text).toContain('#SBATCH --mail-type=END\n');
    expect(text).toContain('cd "$RUN_DIR"\nmine\n');
  });

  it('is none for a script that names its config in a way of its own', () => {
    expect(remadeScript('#!/bin/bash\n#SBATCH --time=1:00:00\ntune run x --config finetune.yaml\n', changes)).toBeUndefined();
  });

  it('is read by bash as it was meant, whatever the folder is called', () => {
    const name = fc.string({ minLength: 1, maxLength: 30, unit: fc.constantFrom(...'abc \'"$`\\;&|<>()[]{}*?!#~%=é\n\t'.split('')) });
    fc.assert(
      fc.property(name, name, (before, after) => {
        const dir = `/scratch/${before}`;
        const config_path = `/scratch/${after}/attempts/2/finetune.yaml`;
        const request = { run_dir: dir, config_path: `${dir}/finetune.yaml`, launch: ['tune', '--config', `${dir}/finetune.yaml`] };
        const script = remadeScript(renderScript(sampleRequest(request)), { ...changes, config_path });
        const lines = (script ?? '').split('\n');
        const from = lines.findIndex((line) => line.startsWith('CONFIG='));
        const to = lines.findIndex((line) => line.startsWith('CONFIG_SHA256='));
        // A line break in the folder's name makes the line end elsewhere: such a script is left alone.
        expect(script === undefined).toBe(before.includes('\n'));
        if (script === undefined) return;
        const said = execFileSync('bash', ['-c', `${lines.slice(from, to).join('\n')}\nprintf %s "$CONFIG"`], { encoding: 'utf8' });
        expect(said).toBe(config_path);
      }),
      { numRuns: 100 },
    );
  });
});
