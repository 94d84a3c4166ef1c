import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { readJournal } from '../../server/experiment/journal.ts';
import type { DevelopmentCluster } from './development_cluster.ts';

type Daemon = 'slurmctld' | 'slurmdbd' | 'sshd';

const STRANGER = 'stranger';

/** The levers of the development Slurm, as root: what its administrator, its users or bad luck could do. */
export class SlurmLab {
  readonly dir: string;
  readonly user: string;

  constructor({ dir, profile }: DevelopmentCluster) {
    this.dir = dir;
    this.user = profile.user ?? '';
  }

  run(command: string, ...words: string[]): string {
    return execFileSync(command, words, { encoding: 'utf8', env: { ...process.env, SLURM_CONF: join(this.dir, 'etc', 'slurm.conf') } });
  }

  /** Ids of the user's jobs that have not ended; array tasks one by one. */
  openJobs(): string[] {
    return this.run('squeue', '-h', '-r', '-u', this.user, '-o', '%i')
      .split('\n')
      .filter((id) => id !== '');
  }

  /** The same with their names, but for the strangers'. */
  namedJobs(): { id: string; name: string }[] {
    return this.run('squeue', '-h', '-r', '-u', this.user, '-o', '%i %j')
      .split('\n')
      .map((line) => line.split(' '))
      .flatMap(([id = '', name = '']) => (id === '' || name === STRANGER ? [] : [{ id, name }]));
  }

  /** Jobs of the same user that are none of ours, until one has this id or a larger one. */
  strangersUpTo(last: number): void {
    const words = ['-p', 'cpu', '-J', STRANGER, '-o', '/dev/null', '-D', '/tmp', '--mem=50M', '--hold', '--wrap', 'true'];
    for (let id = 0; id < last; ) id = Number(this.run('runuser', '-u', this.user, '--', 'sbatch', '--parsable', ...words));
  }

  /** What was sent to the cluster before is done, a script that nobody waits for any more included. */
  async untilQuiet(): Promise<void> {
    const busy = (): boolean =>
      this.run('bash', '-c', `ps -u ${this.user} -o comm= | grep -xE 'bash|sbatch|xargs|squeue|sacct' || true`) !== '';
    for (let tries = 0; tries < 200 && busy(); tries += 1) await sleep(50);
  }

  /** Ids of the jobs of each run that Slurm ever had, by the names that the journal announced. */
  jobsOf(experiment: string, runs: readonly string[]): Record<string, string[]> {
    const names = new Map(
      readJournal(experiment).entries.flatMap((entry) => (entry.kind === 'intent' ? [[entry.job_name, entry.run] as const] : [])),
    );
    const found: Record<string, Set<string>> = Object.fromEntries(runs.map((run) => [run, new Set()]));
    const said = [
      this.run('squeue', '-h', '-r', '-t', 'all', '-o', '%i|%j'),
      this.run('sacct', '-X', '-D', '-n', '-P', '-a', '-S', 'now-1hour', '-o', 'JobID,JobName'),
    ];
    for (const line of said.join('\n').split('\n')) {
      const [id = '', name = ''] = line.split('|');
      const run = names.get(name);
      if (run !== undefined) found[run]?.add(id);
    }
    return Object.fromEntries(Object.entries(found).map(([run, ids]) => [run, [...ids]]));
  }

  cancelAll(): void {
    this.run('scancel', '-u', this.user);
  }

  /** Jobs wait while no node takes them. */
  drain(): void {
    this.run('scontrol', 'update', `nodename=${this.nodes()}`, 'state=drain', 'reason=test');
  }

  /** Until the nodes do take jobs again: a slurmctld that has just started does not know them yet, and one at work needs no word. */
  resume(): void {
    const ready = `sinfo -h -N -o %t | grep -qE 'drain|drng|unk|[*]' || exit 0`;
    const resume = `scontrol update nodename=${this.nodes()} state=resume`;
    this.run('bash', '-c', `for i in {1..150}; do ${ready}; ${resume} 2>/dev/null; sleep 0.1; done; exit 1`);
  }

  private nodes(): string {
    return this.run('sinfo', '-h', '-N', '-o', '%N')
      .split('\n')
      .filter((node, index, all) => node !== '' && all.indexOf(node) === index)
      .join(',');
  }

  pid(daemon: Daemon): number {
    return Number(readFileSync(join(this.dir, 'run', `${daemon}.pid`), 'utf8'));
  }

  /** A daemon that hangs: it takes connections and answers nothing. */
  async whileStopped<T>(daemon: Daemon, act: () => Promise<T>): Promise<T> {
    process.kill(this.pid(daemon), 'SIGSTOP');
    try {
      return await act();
    } finally {
      process.kill(this.pid(daemon), 'SIGCONT');
    }
  }

  /** A daemon that is not there. */
  async whileDown<T>(daemon: Daemon, act: () => Promise<T>): Promise<T> {
    this.crash(daemon);
    try {
      return await act();
    } finally {
      this.restart(daemon);
    }
  }

  crash(daemon: Daemon): void {
    const pid = this.pid(daemon);
    process.kill(pid, 'SIGKILL');
    while (existsSync(`/proc/${pid}`) && !readFileSync(`/proc/${pid}/stat`, 'utf8').includes(') Z ')) execFileSync('sleep', ['0.02']);
  }

  /** As scripts/slurm/up.sh does it; that one would wait for nodes that a test has drained. */
  restart(daemon: Daemon): void {
    const words = daemon === 'sshd' ? ['-f', join(this.dir, 'ssh', 'sshd_config'), '-E', join(this.dir, 'log', 'sshd.log')] : [];
    this.run(`/usr/sbin/${daemon}`, ...words);
    const answers = {
      slurmctld: 'scontrol ping',
      slurmdbd: 'sacctmgr -n show cluster',
      sshd: `exec 3<>/dev/tcp/127.0.0.1/${this.direct.port}`,
    };
    this.run('bash', '-c', `for i in {1..100}; do ( ${answers[daemon]} ) >/dev/null 2>&1 && exit; sleep 0.1; done; exit 1`);
  }

  /** Kills the user's sessions of this very sshd, found by its process tree: other clusters on the machine are left alone. */
  cutConnections(): number {
    const sshd = this.pid('sshd');
    const processes = new Map<number, { parent: number; title: string }>();
    for (const name of readdirSync('/proc').filter((entry) => /^\d+$/.test(entry))) {
      try {
        const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
        const parent = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
        processes.set(Number(name), { parent, title: readFileSync(`/proc/${name}/cmdline`, 'utf8') });
      } catch {
        // It ended meanwhile.
      }
    }
    const isOurs = (pid: number): boolean => pid === sshd || (pid > 1 && isOurs(processes.get(pid)?.parent ?? 0));
    const sessions = [...processes].filter(([pid, { title }]) => title.startsWith(`sshd: ${this.user}@notty`) && isOurs(pid));
    for (const [pid] of sessions) process.kill(pid, 'SIGKILL');
    return sessions.length;
  }

  /** What slurmctld has on its disk now: a crash loses what it took since. The answer brings it back, in a slurmctld that starts anew. */
  savedState(): { restart(): void } {
    const [state, saved] = [join(this.dir, 'state'), join(this.dir, 'saved-state')];
    rmSync(saved, { recursive: true, force: true });
    process.kill(this.pid('slurmctld'), 'SIGSTOP'); // It renames files while it writes.
    cpSync(state, saved, { recursive: true });
    process.kill(this.pid('slurmctld'), 'SIGCONT');
    return {
      restart: () => {
        rmSync(state, { recursive: true });
        renameSync(saved, state);
        this.restart('slurmctld');
      },
    };
  }

  /** A folder on the disk that the cluster sees, which its user owns. */
  folder(name: string): string {
    return join(this.dir, 'home', this.user, name);
  }

  give(path: string): void {
    execFileSync('chown', ['-R', `${this.user}:`, path]);
  }

  /** Options of a connection that reads no ssh_config. */
  get direct(): { host: string; port: number; ssh_config: string; identity_file: string } {
    const port = /^\s*Port (\d+)/m.exec(readFileSync(join(this.dir, 'ssh', 'config'), 'utf8'))?.[1];
    return { host: '127.0.0.1', port: Number(port), ssh_config: '/dev/null', identity_file: join(this.dir, 'ssh', 'id_ed25519') };
  }

  get home(): string {
    return dirname(this.folder('x'));
  }
}
