import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { frame } from '../../server/clusters/frame.ts';
import { LocalConnection } from '../../server/clusters/local.ts';
import { shellQuote } from '../../server/model/shell_quote.ts';

const local = new LocalConnection();
const timeoutMs = 20_000;

describe('a framed command', () => {
  it('gives each section its own streams and exit code, whatever the section does', async () => {
    const asked = frame([
      { name: 'tar', command: 'cat' },
      { name: 'exits', command: 'echo out; echo err >&2; exit 7' },
      { name: 'greedy', command: 'cat; cd /; x=1' },
      { name: 'broken', command: "echo 'no end" },
      { name: 'comment', command: 'printf "no line end" # a comment' },
      { name: 'after', command: 'pwd; echo "[$x]"' },
      { name: 'killed', command: 'kill -9 $BASHPID' },
    ]);
    const read = asked.read(await local.run(asked.command, { timeoutMs, input: Buffer.from('for tar') }));
    expect([...read.keys()]).toEqual(['tar', 'exits', 'greedy', 'broken', 'comment', 'after', 'killed']);
    expect(read.get('tar')).toEqual({ stdout: 'for tar', code: 0, stderr: '' });
    expect(read.get('exits')).toEqual({ stdout: 'out\n', code: 7, stderr: 'err\n' });
    expect(read.get('greedy')).toEqual({ stdout: '', code: 0, stderr: '' });
    expect(read.get('broken')?.code).not.toBe(0);
    expect(read.get('broken')?.stderr).toContain('unexpected EOF');
    expect(read.get('comment')).toEqual({ stdout: 'no line end', code: 0, stderr: '' });
    expect(read.get('after')).toEqual({ stdout: `${process.cwd()}\n[]\n`, code: 0, stderr: '' });
    expect(read.get('killed')?.code).toBe(137);
  });

  it('keeps every byte of text and does not mind noise around it', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.string({ unit: 'grapheme' }), { minLength: 1, maxLength: 4 }),
        fc.string(),
        fc.string(),
        async (texts, before, after) => {
          const clean = texts.map((text) => text.replaceAll('\0', ''));
          const asked = frame(
            clean.map((text, index) => ({
              name: String(index),
              command: `printf %s ${shellQuote(text)}; printf %s ${shellQuote(text)} >&2`,
            })),
          );
          const raw = await local.run(asked.command, { timeoutMs });
          const read = asked.read({ ...raw, stdout: before + raw.stdout + after, stderr: before + raw.stderr + after });
          expect([...read.values()]).toEqual(clean.map((text) => ({ stdout: text, code: 0, stderr: text })));
        },
      ),
      { numRuns: 40 },
    );
  });

  it('reads bytes that are no text, and a command that prints itself', async () => {
    const asked = frame([
      { name: 'bytes', command: "printf '\\377\\000\\303'" },
      { name: 'itself', command: 'cat /proc/$$/cmdline; set -x; true' },
      { name: 'last', command: 'echo end' },
    ]);
    const read = asked.read(await local.run(asked.command, { timeoutMs }));
    expect(read.get('bytes')?.stdout).toBe('\ufffd\0\ufffd');
    expect(read.get('itself')?.code).toBe(0);
    expect(read.get('last')?.stdout).toBe('end\n');
  });

  it('notices every place at which an answer can be cut', async () => {
    const asked = frame([
      { name: 'jobs', command: 'echo 1' },
      { name: 'states', command: 'echo 2; echo why >&2' },
    ]);
    const raw = await local.run(asked.command, { timeoutMs });
    for (let length = 0; length < raw.stdout.length; length++)
      expect(() => asked.read({ ...raw, stdout: raw.stdout.slice(0, length) })).toThrow('cut short');
    for (let length = 0; length < raw.stderr.length; length++)
      expect(() => asked.read({ ...raw, stderr: raw.stderr.slice(0, length) })).toThrow('cut short');
    expect(() => asked.read({ code: 1, stdout: 'Welcome!\n', stderr: 'bash: not found\n' })).toThrow(
      'the answer was cut short in "jobs" (it said: bash: not found); ask again',
    );
  });
});
