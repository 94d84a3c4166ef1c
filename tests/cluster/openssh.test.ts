import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Connection } from '../../server/clusters/connection.ts';
import { openConnection } from '../../server/clusters/open_connection.ts';
import { uploadFiles } from '../../server/clusters/upload.ts';
import { temporaryFolder } from '../support/context.ts';
import { developmentCluster } from '../support/development_cluster.ts';
import { SlurmLab } from '../support/slurm_lab.ts';

const cluster = developmentCluster();
const timeoutMs = 20_000;

describe.skipIf(cluster === undefined)('through an ssh connection that a person has opened', () => {
  if (cluster === undefined) return;
  const lab = new SlurmLab(cluster);
  const logins = (): number => readFileSync(join(lab.dir, 'log', 'sshd.log'), 'utf8').split('Accepted publickey').length;
  let ssh_config = '';
  let socket = '';

  beforeEach(() => {
    const folder = temporaryFolder();
    socket = join(folder, 'cm');
    ssh_config = join(folder, 'config');
    writeFileSync(ssh_config, `${readFileSync(join(lab.dir, 'ssh', 'config'), 'utf8')}  ControlPath ${socket}\n`);
  });
  afterEach(() => {
    if (existsSync(socket)) spawnSync('ssh', ['-O', 'exit', '-S', socket, 'devslurm'], { stdio: 'ignore' });
  });

  const open = (): Promise<Connection> => openConnection({ ...cluster.profile, connection: 'openssh', ssh_config });
  const message = (act: Promise<unknown>): Promise<string> => act.then(String, (error: Error) => error.message);
  const where = `${lab.user}@127.0.0.1:${lab.direct.port}`;
  const toType = (): string => `ssh -fNM -o ServerAliveInterval=60 -F ${ssh_config} -l ${lab.user} -- devslurm`;
  const notOpen = (): string =>
    `${where}: no connection is open, and this server never opens one itself; log in once in a terminal, then ask again: ${toType()}`;
  const logIn = (): void => {
    execFileSync('bash', ['-c', toType()], { stdio: 'ignore' });
  };

  test('without one, nothing is asked: the one command to type is told, and nobody logs in', async () => {
    const before = logins();
    expect(await message(open())).toBe(notOpen());
    expect(logins()).toBe(before);
  });

  test('commands, their codes and streams, standard input and files go over it with no second login', async () => {
    logIn();
    const before = logins();
    const connection = await open();
    expect(connection.where).toBe(where);
    const input = Buffer.from('typed');
    expect(await connection.run('cat; echo out; echo err >&2; exit 255', { timeoutMs, input })).toEqual({
      code: 255,
      stdout: 'typedout\n',
      stderr: 'err\n',
    });
    expect(await connection.run(`echo "it's $USER"; cat`, { timeoutMs })).toEqual({ code: 0, stdout: `it's ${lab.user}\n`, stderr: '' });
    expect((await connection.run('if then', { timeoutMs })).code).not.toBe(0);
    expect((await connection.run('kill -9 $BASHPID', { timeoutMs })).code).toBe(137);
    const root = lab.folder(`openssh-${process.pid}`);
    const files = Array.from({ length: 50 }, (_, index) => ({ path: `run_${index}/finetune.slurm`, content: `${index} ü\n`.repeat(5000) }));
    expect((await uploadFiles(connection, root, files)).sent).toHaveLength(50);
    expect(await uploadFiles(connection, root, files)).toEqual({ sent: [], unchanged: files.map(({ path }) => path) });
    const answers = await Promise.all(files.map((_, index) => connection.run(`echo ${index}`, { timeoutMs })));
    expect(answers.map(({ stdout }) => stdout)).toEqual(files.map((_, index) => `${index}\n`));
    await connection.run(`rm -rf -- ${root}`, { timeoutMs });
    expect(logins()).toBe(before);
  });

  test('a command that takes too long is given up, one under way when the connection is cut is not known, and later nobody logs in', async () => {
    logIn();
    const connection = await open();
    expect(await message(connection.run('sleep 30', { timeoutMs: 300 }))).toBe(
      `${where}: the command did not end within 0.3 s; ask again, or look at what it waits for`,
    );
    const begun = join(lab.home, `begun-${process.pid}`);
    const cut = message(connection.run(`touch ${begun}; sleep 30`, { timeoutMs }));
    while (!existsSync(begun)) await new Promise((resolve) => setTimeout(resolve, 20));
    lab.cutConnections();
    expect(await cut).toBe(`${where}: the connection was cut while a command ran, so its outcome is not known; ask again`);
    // The person's ssh takes a moment to notice.
    while (existsSync(socket)) await new Promise((resolve) => setTimeout(resolve, 20));
    const before = logins();
    // Each time: a command that was never sent is not one that was cut.
    for (let tries = 0; tries < 10; tries += 1) expect(await message(connection.run('true', { timeoutMs }))).toBe(notOpen());
    expect(logins()).toBe(before);
    logIn();
    expect((await connection.run(`rm ${begun}`, { timeoutMs })).code).toBe(0);
    await connection.close();
    expect((await (await open()).run('true', { timeoutMs })).code).toBe(0);
  });

  test('without a ControlPath of the person, a short socket in a folder of theirs is named', async () => {
    const told = await message(openConnection({ ...cluster.profile, connection: 'openssh' }));
    expect(told).toMatch(/ask again: ssh -fNM -o ServerAliveInterval=60 -S \/\S+\/rw-[0-9a-f]{8} -F \S+ -l \S+ -- devslurm$/);
  });
});
