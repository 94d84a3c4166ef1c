import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Connection, RunOptions } from '../../server/clusters/connection.ts';
import { LocalConnection } from '../../server/clusters/local.ts';
import { uploadFiles } from '../../server/clusters/upload.ts';

let dir: string;
let root: string;
let commands: number;
const local = new LocalConnection();
const counting: Connection = {
  where: 'this machine',
  run: (command: string, options: RunOptions) => {
    commands++;
    return local.run(command, options);
  },
  close: async () => {},
};
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'upload-'));
  root = join(dir, "an experiment's folder");
  commands = 0;
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(dir, { recursive: true });
});

const FILES = [
  { path: 'runs_plan.md', content: '# plan\n' },
  { path: 'run a/deep/finetune.slurm', content: '#!/bin/bash\n', mode: 0o755 },
  { path: '-rf', content: 'é\n' },
];

describe('uploading files', () => {
  it('puts them below a folder that it makes, and leaves nothing else there', async () => {
    expect(await uploadFiles(counting, root, FILES)).toEqual({ sent: FILES.map(({ path }) => path), unchanged: [] });
    for (const { path, content } of FILES) expect(await readFile(join(root, path), 'utf8')).toBe(content);
    expect((await stat(join(root, 'run a/deep/finetune.slurm'))).mode & 0o777).toBe(0o755);
    expect((await readdir(root)).sort()).toEqual(['-rf', 'run a', 'runs_plan.md']);
    expect(commands).toBe(2);
  });

  it('sends only what differs, and touches nothing else', async () => {
    await uploadFiles(counting, root, FILES);
    const before = await stat(join(root, 'runs_plan.md'));
    await writeFile(join(root, '-rf'), 'changed there');
    commands = 0;
    expect(await uploadFiles(counting, root, FILES)).toEqual({ sent: ['-rf'], unchanged: ['runs_plan.md', 'run a/deep/finetune.slurm'] });
    expect(await readFile(join(root, '-rf'), 'utf8')).toBe('é\n');
    expect((await stat(join(root, 'runs_plan.md'))).ino).toBe(before.ino);
    commands = 0;
    expect((await uploadFiles(counting, root, FILES)).sent).toEqual([]);
    expect(commands).toBe(1);
  });

  it('does the same where there is no perl', async () => {
    const bin = join(dir, 'bin');
    await mkdir(bin);
    for (const tool of ['bash', 'mkdir', 'mktemp', 'tar', 'xargs', 'mv', 'rm', 'sha256sum'])
      await symlink(`/usr/bin/${tool}`, join(bin, tool));
    await symlink('/bin/sh', join(bin, 'sh'));
    vi.stubEnv('PATH', bin);
    await uploadFiles(counting, root, FILES);
    await uploadFiles(counting, root, [{ path: '-rf', content: 'new' }]);
    expect(await readFile(join(root, '-rf'), 'utf8')).toBe('new');
    expect((await readdir(root)).sort()).toEqual(['-rf', 'run a', 'runs_plan.md']);
  });

  it('refuses paths that could leave the folder', async () => {
    const message = (path: string) => uploadFiles(counting, root, [{ path, content: '' }]).then(String, (error: Error) => error.message);
    for (const path of ['../x', '/etc/x', 'a/../../x', 'a//b', '', 'a\nb', 'a\\b', './a'])
      expect(await message(path)).toBe(`${JSON.stringify(path)} cannot be put below ${root}; use a relative path without ".."`);
    expect(commands).toBe(0);
  });

  it('says in the words of the cluster why it could not', async () => {
    await mkdir(join(root, 'runs_plan.md'), { recursive: true });
    await chmod(root, 0o755);
    await expect(uploadFiles(counting, root, FILES)).rejects.toThrow(
      `files could not be put below ${root} on this machine: runs_plan.md: Is a directory; check that folder, its rights and the free space`,
    );
    expect(await readdir(root)).not.toContainEqual(expect.stringContaining('.runwright-upload'));
  });
});
