import { spawnSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { templatePath } from '../../server/model/template_folder.ts';
import { renderScript } from '../../server/slurm/script.ts';
import { CPU_RESOURCES, sampleRequest } from './sample_request.ts';

const hasShellcheck = spawnSync('shellcheck', ['--version']).status === 0;
if (!hasShellcheck && process.env.RUNWRIGHT_REQUIRE_CLUSTER !== '1')
  process.stderr.write('SKIPPED: shellcheck is not installed, so the job scripts are not checked by it\n');
const withShellcheck = it.skipIf(!hasShellcheck && process.env.RUNWRIGHT_REQUIRE_CLUSTER !== '1');

const gpu = renderScript(sampleRequest());
const cpu = renderScript(sampleRequest({ resources: CPU_RESOURCES, setup: [], env: {}, writes: [], after: undefined }));

const launch = ['tune', 'run', '--rdzv_id', { of_job: 'id' }, '--rdzv_endpoint', { of_job: 'meeting_point' }, 'a recipe'] as const;
const twoNodes = renderScript(sampleRequest({ launch, resources: { ...CPU_RESOURCES, gpus: 8, cpus: 32, nodes: 2 }, after: undefined }));

describe('finetune.slurm', () => {
  it('is this, whole, for a GPU', async () => {
    await expect(gpu).toMatchFileSnapshot('golden/gpu.slurm');
  });

  it('is this, whole, for a CPU', async () => {
    await expect(cpu).toMatchFileSnapshot('golden/cpu.slurm');
  });

  it('starts one launcher on each of several nodes, which meet at the first', async () => {
    const training = twoNodes.slice(twoNodes.indexOf('# ---- The training.'), twoNodes.indexOf('STEP=training'));
    await expect(training).toMatchFileSnapshot('golden/two_nodes_training.sh');
  });

  it('asks for GPUs in the way that the site wants', () => {
    const option = (gpu_request: 'gres' | 'gpus' | 'gpus-per-node', nodes: number): string | undefined =>
      renderScript(sampleRequest({ gpu_request, resources: { ...CPU_RESOURCES, gpus: 2, gpu_type: 'h100', nodes } }))
        .split('\n')
        .find((line) => /^#SBATCH --(gres|gpus)/.test(line));
    expect([option('gres', 1), option('gpus-per-node', 1), option('gpus', 1), option('gpus', 3)]).toEqual([
      '#SBATCH --gres=gpu:h100:2',
      '#SBATCH --gpus-per-node=h100:2',
      '#SBATCH --gpus=h100:2',
      '#SBATCH --gpus=h100:6',
    ]);
  });

  it('refuses a value that sbatch would read as more than one', () => {
    const resources = { ...CPU_RESOURCES, account: 'ml\n#SBATCH --uid=0' };
    expect(() => renderScript(sampleRequest({ resources }))).toThrow(
      'the value "ml\\n#SBATCH --uid=0" cannot stand on the line "#SBATCH --account"; use a value without spaces, quotes and line breaks; nothing was written',
    );
  });

  it('hands no source to python3 that could end early', () => {
    const after = { doing: 'a', python: 'x = """\nPYTHON\n"""', words: [] };
    expect(() => renderScript(sampleRequest({ after }))).toThrow('a line PYTHON would end the source');
  });

  it('refuses a name that no environment variable can have', () => {
    expect(() => renderScript(sampleRequest({ env: { 'A;rm': '1' } }))).toThrow(
      '"A;rm" cannot be the name of an environment variable; mend it under env: of the cluster profile; nothing was written',
    );
  });

  it('leaves the output line out for a folder that sbatch could not read, since launch_runs gives the output anyway', () => {
    const text = renderScript(sampleRequest({ run_dir: '/home/a "b"\n#SBATCH --uid=0/r' }));
    expect(text.split('\n').filter((line) => line.startsWith('#SBATCH --output') || line.startsWith('#SBATCH --uid'))).toEqual([
      // The folder's second line, inside the quotes of a shell word: sbatch stops reading at the first command above it.
      "#SBATCH --uid=0/r'",
    ]);
    expect(text.indexOf('set -euo pipefail')).toBeLessThan(text.indexOf("#SBATCH --uid=0/r'"));
  });

  withShellcheck.each([
    ['the GPU script', gpu],
    ['the CPU script', cpu],
    ['the script for two nodes', twoNodes],
  ])('shellcheck has nothing to say about %s', (_, text) => {
    const file = join(mkdtempSync(join(tmpdir(), 'shellcheck-')), 'finetune.slurm');
    writeFileSync(file, text);
    expect(spawnSync('shellcheck', [file], { encoding: 'utf8' })).toMatchObject({ status: 0, stdout: '' });
  });

  withShellcheck('nor about the submission script', () => {
    expect(spawnSync('shellcheck', [templatePath('submit_jobs.sh')], { encoding: 'utf8' })).toMatchObject({ status: 0, stdout: '' });
  });
});
