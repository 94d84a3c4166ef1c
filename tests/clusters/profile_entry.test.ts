import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { entryText, readEntry, withEntry } from '../../server/clusters/profile_entry.ts';

const DELLA = { connection: 'ssh', host: 'della.example.edu', experiments_dir: '/scratch/{user}/experiments' };
const FILE = '/home/alice/.config/runwright/clusters.yaml';

describe('an entry of clusters.yaml', () => {
  it('is the whole file where there was none', () => {
    const text = withEntry('', FILE, 'della', {
      ...DELLA,
      setup: ["export PATH='/opt/it''s/bin':\"$PATH\""],
      defaults: { time: '1:00:00' },
    });
    expect(text).toBe(`della:
  connection: ssh
  host: della.example.edu
  experiments_dir: /scratch/{user}/experiments
  setup:
    - export PATH='/opt/it''s/bin':"$PATH"
  defaults:
    time: 1:00:00
`);
    expect(readEntry('della', (parse(text ?? '') as { della: Record<string, unknown> }).della).defaults).toEqual({ time: '01:00:00' });
  });

  it('comes after the others, whose lines and comments stay as they are', () => {
    const before =
      '# our clusters\nlocal:            # the laptop\n  setup: [source ~/tt/bin/activate]   # torchtune 0.6.1\n\n# the old one\n"tiger":\n  connection: ssh\n  host: tiger\n  experiments_dir: /s\n';
    expect(withEntry(before, FILE, 'della', DELLA)).toBe(`${before}${entryText('della', DELLA)}`);
  });

  it('stands below a file that has only comments', () => {
    expect(withEntry('# none yet\n', FILE, 'della', DELLA)).toBe(`# none yet\n${entryText('della', DELLA)}`);
  });

  it('is not written twice', () => {
    expect(withEntry(entryText('della', DELLA), FILE, 'della', { ...DELLA, scheduler: 'slurm' })).toBeUndefined();
  });

  it('is told in words where the file does not go on at its end', () => {
    expect(() => withEntry('{tiger: {connection: ssh, host: tiger, experiments_dir: /s}}', FILE, 'della', DELLA)).toThrow(
      `the entry cannot be put at the end of ${FILE}; write it there by hand:\n${entryText('della', DELLA)}`,
    );
  });

  it('never replaces another of its name', () => {
    expect(() => withEntry(entryText('della', DELLA), FILE, 'della', { ...DELLA, host: 'tiger' })).toThrow(
      `${FILE} has a cluster "della" already, with other lines; edit it there, or choose another name; nothing was changed`,
    );
  });

  it('is not put into a file that has errors', () => {
    expect(() => withEntry('tiger: {host: 7}\n', FILE, 'della', DELLA)).toThrow(
      `${FILE} has errors; correct them first; nothing was changed`,
    );
  });

  it('is held to the rules of the file, each fault told', () => {
    expect(() => readEntry('della', { connection: 'ssh', hots: 'x', password: 'geheim' })).toThrow(
      [
        'this profile of della cannot be used; nothing was changed',
        'profile della: unknown key "hots" in della; did you mean "host"?',
        'profile della: password of della would be a secret, and a profile never holds one; remove it; log in with a key file or the ssh agent',
      ].join('\n'),
    );
  });
});
