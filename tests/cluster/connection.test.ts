import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Connection } from '../../server/clusters/connection.ts';
import { frame } from '../../server/clusters/frame.ts';
import { openConnection } from '../../server/clusters/open_connection.ts';
import { LOCAL_PROFILE } from '../../server/clusters/profile.ts';
import { uploadFiles } from '../../server/clusters/upload.ts';

const lab = process.env.RUNWRIGHT_LAB_DIR;
const required = process.env.RUNWRIGHT_REQUIRE_CLUSTER === '1';
if (lab === undefined && !required)
  process.stderr.write('SKIPPED: RUNWRIGHT_LAB_DIR is not set, so no connection to a real sshd is tested\n');

if (lab === undefined && required)
  it('a real sshd is required, and there is one', () => {
    expect.fail('RUNWRIGHT_REQUIRE_CLUSTER=1, but RUNWRIGHT_LAB_DIR is not set; start the lab and name its folder');
  });

describe.skipIf(lab === undefined)('a real sshd', () => {
  let connection: Connection;
  beforeAll(async () => {
    const ssh_config = join(lab ?? '', 'ssh/config');
    const host = /^Host (\S+)/m.exec(await readFile(ssh_config, 'utf8'))?.[1];
    if (host === undefined) throw new Error(`${ssh_config} names no host`);
    connection = await openConnection({
      ...LOCAL_PROFILE,
      name: 'lab',
      connection: 'ssh',
      scheduler: 'slurm',
      host,
      ssh_config,
    });
  });
  afterAll(() => connection?.close());

  it('answers a framed command', async () => {
    const asked = frame([
      { name: 'who', command: 'id -un; echo "$HOME"' },
      { name: 'slurm', command: 'sinfo --version' },
      { name: 'fails', command: 'echo no >&2; exit 9' },
    ]);
    const read = asked.read(await connection.run(asked.command, { timeoutMs: 20_000 }));
    expect(connection.where).toContain(`${read.get('who')?.stdout.split('\n')[0]}@`);
    expect(read.get('slurm')?.stdout).toMatch(/^slurm\S* \d+\./);
    expect(read.get('fails')).toEqual({ stdout: '', code: 9, stderr: 'no\n' });
  });

  it('takes 200 files, and none of them a second time', async () => {
    const made = await connection.run('mktemp -d "$HOME/runwright-upload.XXXXXX"', { timeoutMs: 20_000 });
    const root = made.stdout.trim();
    const files = Array.from({ length: 200 }, (_, index) => ({
      path: `run_${index}/finetune.slurm`,
      content: `#!/bin/bash\necho ${index}\n`,
    }));
    expect((await uploadFiles(connection, root, files)).sent).toHaveLength(200);
    const last = await connection.run(`cat ${root}/run_199/finetune.slurm; ls -A ${root} | wc -l`, { timeoutMs: 20_000 });
    expect(last.stdout).toBe('#!/bin/bash\necho 199\n200\n');
    expect(await uploadFiles(connection, root, files)).toEqual({ sent: [], unchanged: files.map(({ path }) => path) });
    await connection.run(`rm -rf -- ${root}`, { timeoutMs: 20_000 });
  });
});
