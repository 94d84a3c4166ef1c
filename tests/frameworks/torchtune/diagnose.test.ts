import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { torchtune } from '../../../server/frameworks/torchtune/framework.ts';

const folder = new URL('./recorded/failures/', import.meta.url);
const recorded = (name: string): string => {
  const file = new URL(name, folder);
  return existsSync(file) ? readFileSync(file, 'utf8') : '';
};
const names = readdirSync(folder)
  .filter((name) => name.endsWith('.txt'))
  .map((name) => name.slice(0, -'.txt'.length));
const told = (name: string) => torchtune.diagnose(recorded(`${name}.txt`), recorded(`${name}.metrics`));

const section = (name: string): string => {
  const found = told(name);
  if (found === undefined) return `## ${name}\n\nnothing is told\n`;
  const { cause, evidence, mend, safe_to_retry } = found;
  return `## ${name}: ${cause}, ${safe_to_retry ? 'safe to retry' : 'not to be retried as it is'}\n\n${evidence.map((line) => `    ${line}\n`).join('')}\n${mend}\n`;
};

describe('why a run failed', () => {
  it('is told in this way of real outputs of torchtune', async () => {
    await expect(names.map(section).join('\n')).toMatchFileSnapshot('golden/diagnoses.md');
  });

  it('is told by the first loss that is no number, where the metrics are at hand', () => {
    expect(told('nan')).toMatchObject({
      cause: 'nan_loss',
      evidence: [expect.stringMatching(/^Step 2 \| loss:nan lr:\d+\.\d+ tokens_per_second_per_gpu:\d+\.\d+ $/)],
    });
    expect(torchtune.diagnose(recorded('nan.txt'), '')).toMatchObject({ cause: 'nan_loss', evidence: ['1|10|Loss: nan'] });
  });

  it('is not looked for in a log that shows none', () => {
    expect(torchtune.diagnose('', '')).toBeUndefined();
    const output = readFileSync(new URL('./recorded/output_tail.txt', import.meta.url), 'utf8');
    const metrics = readFileSync(new URL('./recorded/metrics.log', import.meta.url), 'utf8');
    expect(torchtune.diagnose(output, metrics)).toBeUndefined();
  });

  it('does not take words of the data for words of Python', () => {
    const bar = '\r1|3|Loss: 1.5:  30%|###   | 3/10 [00:10<00:20,  1.20s/it]\nCheckpoint saved in 0.01 seconds.\n';
    expect(torchtune.diagnose(`{"input": "No space left on device"}\nKeyError: 'a'\n${bar}`, '')).toBeUndefined();
  });

  it('is found behind the rank that several processes put before their lines', () => {
    const output = "[rank0]: Traceback (most recent call last):\n[rank0]: FileNotFoundError: Unable to find '/data/a.json'\n";
    expect(torchtune.diagnose(`${output}${output.replaceAll('rank0', 'rank1')}`, '')).toMatchObject({
      cause: 'missing_file',
      evidence: ["FileNotFoundError: Unable to find '/data/a.json'"],
    });
  });

  it.each([
    "AttributeError: 'datetime.datetime' object has no attribute 'strip'",
    "TypeError: object of type 'datetime.datetime' has no len()",
    "UnboundLocalError: cannot access local variable 'content' where it is not associated with a value",
    'AssertionError: content must be of type List[Dict[str, Any]], got 3',
    'ValueError: System prompts are not supported in MistralChatTemplate',
    'ValueError: Messages must be at least length 2, but got 1 messages',
  ])('is the data in %s, which the same data would bring again', (line) => {
    expect(torchtune.diagnose(`Traceback (most recent call last):\n${line}\n`, '')).toEqual({
      cause: 'config',
      evidence: [line],
      mend: 'a row of the data set holds something else than the text or the conversation that its format wants, such as a number, a date or a system message that the template has no place for; preflight_runs shows which rows',
      safe_to_retry: false,
    });
  });

  it.each([
    [
      "RuntimeError: [enforce fail at alloc_cpu.cpp:127] err == 0. DefaultCPUAllocator: can't allocate memory: you tried to allocate 49250304 bytes. Error code 12 (Cannot allocate memory)",
      'host_oom',
    ],
    ['OSError: [Errno 122] Disk quota exceeded', 'disk_full'],
    ['ImportError: ``wandb`` package not found. Please install wandb using `pip install wandb` to use WandBLogger.', 'missing_module'],
    ['/var/spool/slurmd/job9/slurm_script: line 168: tune: command not found', 'missing_module'],
    ["PermissionError: [Errno 13] Permission denied: '/data/words.json'", 'missing_file'],
    ['RuntimeError: bf16 precision was requested but not available on this hardware. Please use fp32 precision instead.', 'config'],
    ['RuntimeError: CUDA error: an illegal memory access was encountered', 'script'],
    ['torch.distributed.DistBackendError: NCCL error in: ../ProcessGroupNCCL.cpp:1970, remote process exited', 'script'],
  ])('is read in %s', (line, cause) => {
    expect(torchtune.diagnose(`Traceback (most recent call last):\n${line}\n`, '')?.cause).toBe(cause);
  });
});
