import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { journalOf } from '../../server/launch/experiment.ts';
import { readTextIfThere } from '../../server/model/files.ts';
import { launchRuns } from '../../server/stages/launch_runs.ts';
import { monitorJobs } from '../../server/stages/monitor_jobs.ts';
import type { ClusterRuns, Shown } from './cluster_runs.ts';
import { callWithFault, type Fault } from './faulty_server.ts';
import { runStates } from './run_states.ts';
import { disk, unmount } from './small_disk.ts';

const FAULT_POINTS = fileURLToPath(new URL('fault_points.sh', import.meta.url));

/** What became of a launch to which one fault happened. */
export interface Ending {
  /** The step that was hit; undefined when there are fewer. */
  step: string | undefined;
  /** States at the first look after it, and at the end, by run; a job that the cluster does not have is named so. */
  first: Record<string, string>;
  last: Record<string, string>;
  /** Jobs, at the first look and at the end, that belong to no run. */
  strays: { first: string[]; last: string[] };
  /** At the end: jobs beyond the first of each run. */
  duplicates: string[];
}

export interface ServerStep {
  of: string;
  at: number;
}

/** A packet to or from the cluster, not a change of a file. */
export const isPacket = ({ of }: ServerStep): boolean => of === 'send' || of === 'receive';

interface ClusterFault {
  at: number;
  how: 'kill' | 'orphan' | 'cut' | 'wait';
}

/** What goes wrong with a daemon in the middle of a launch, and what makes it good again. */
export interface DaemonFault {
  begin(): void;
  end(): void;
}

/** One launch, again and again from the same beginning, each time with another fault. No node takes a job: each waits where it can be counted. */
export class LaunchUnderFault {
  private readonly runs: ClusterRuns;
  private readonly shown: Shown;
  private readonly beginning: string;

  private constructor(runs: ClusterRuns, shown: Shown) {
    this.runs = runs;
    this.shown = shown;
    this.beginning = join(shown.context.home, 'beginning');
    cpSync(shown.local, this.beginning, { recursive: true });
  }

  static async prepare(runs: ClusterRuns, name: string, count: number, limits = {}): Promise<LaunchUnderFault> {
    const launch = new LaunchUnderFault(runs, await runs.shown(name, count, { limits }));
    // Copied: the cluster's user may have no way into the folder of these sources.
    cpSync(FAULT_POINTS, join(runs.lab.home, '.bashrc'));
    runs.lab.drain();
    return launch;
  }

  finish(): void {
    this.begin();
    rmSync(join(this.runs.lab.home, '.bashrc'));
    rmSync(this.clusterFault, { recursive: true, force: true });
    this.runs.lab.resume();
  }

  /** The steps of a launch inside the server, in their order, each with its number among those of its name: packets fall differently each time. */
  async serverSteps(): Promise<ServerStep[]> {
    this.begin();
    const { steps } = await this.launchElsewhere({ at: 0, act: 'count' });
    const counts = new Map<string, number>();
    return steps.map((of) => {
      const at = (counts.get(of) ?? 0) + 1;
      counts.set(of, at);
      return { of, at };
    });
  }

  /** The commands that the cluster runs for a launch, in their order. */
  async clusterSteps(): Promise<string[]> {
    this.begin();
    this.arm({ at: 0, how: 'kill' });
    await this.launchHere();
    return readFileSync(join(this.clusterFault, 'commands'), 'utf8').trimEnd().split('\n');
  }

  async inServer(step: ServerStep, act: 'kill' | 'tear' | 'cut'): Promise<Ending> {
    this.begin();
    const { steps } = await this.launchElsewhere({ ...step, act });
    return this.ending(steps[0]);
  }

  /** The experiment's own folder lies on a disk that is full, or read-only, from this step on, until the server has given up. */
  async onDisk(step: ServerStep, act: 'full' | 'readonly'): Promise<Ending> {
    this.begin();
    const folder = join(this.shown.local, '.runwright');
    const small = disk(folder, 'size=256k');
    if (small === undefined) throw new Error('no disk can be mounted here');
    cpSync(join(this.beginning, '.runwright'), small, { recursive: true });
    try {
      const { steps } = await this.launchElsewhere({ ...step, act, disk: small });
      execFileSync('/bin/mount', ['-o', 'remount,rw', small]);
      rmSync(join(small, 'filler'), { force: true });
      return await this.ending(steps[0]);
    } finally {
      unmount(small);
    }
  }

  async onCluster(fault: ClusterFault): Promise<Ending> {
    this.begin();
    this.arm(fault);
    await this.launchHere();
    return this.ending(this.disarm());
  }

  /** The command at which a daemon fails waits until it has failed. */
  async withDaemon(at: number, daemon: DaemonFault): Promise<Ending> {
    this.begin();
    this.arm({ at, how: 'wait' });
    const launching = this.launchHere();
    for (let tries = 0; tries < 200 && !existsSync(join(this.clusterFault, 'hit', 'command')); tries += 1) await sleep(25);
    daemon.begin();
    writeFileSync(join(this.clusterFault, 'go'), '');
    await launching;
    daemon.end();
    return this.ending(this.disarm());
  }

  private launchHere(): Promise<unknown> {
    const { context, experiment_dir, preflight_id } = this.shown;
    return launchRuns({ experiment_dir, preflight_id }, context).catch(() => undefined);
  }

  private get clusterFault(): string {
    return join(this.runs.lab.home, 'fault');
  }

  private begin(): void {
    const { local, remote } = this.shown;
    this.runs.lab.cancelAll();
    rmSync(this.clusterFault, { recursive: true, force: true });
    for (const dir of [local, remote]) rmSync(dir, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 });
    cpSync(this.beginning, local, { recursive: true });
  }

  private arm({ at, how }: ClusterFault): void {
    mkdirSync(this.clusterFault);
    writeFileSync(join(this.clusterFault, 'count'), '');
    writeFileSync(join(this.clusterFault, 'at'), `${at} ${how}\n`);
    this.runs.lab.give(this.clusterFault);
  }

  /** The command that was hit. */
  private disarm(): string | undefined {
    rmSync(join(this.clusterFault, 'at'));
    return readTextIfThere(join(this.clusterFault, 'hit', 'command'))?.trim();
  }

  private launchElsewhere(fault: Fault) {
    const { context, experiment_dir, preflight_id } = this.shown;
    return callWithFault(context, 'launch_runs', { experiment_dir, preflight_id }, fault);
  }

  /** Looks as soon as the cluster is done with what was sent to it, then finishes the launch as a person would: by the same call. */
  private async ending(step: string | undefined): Promise<Ending> {
    const { context, experiment_dir, preflight_id } = this.shown;
    this.letLockGrowOld();
    await this.runs.lab.untilQuiet();
    await monitorJobs({ experiment_dir }, context);
    const first = this.seen();
    for (let tries = 0; ; tries += 1) {
      const { counts } = await launchRuns({ experiment_dir, preflight_id }, context);
      if (counts.uncertain === 0 || tries === 3) break;
      await sleep(200);
    }
    await monitorJobs({ experiment_dir }, context);
    const last = this.seen();
    return {
      step,
      first: first.states,
      last: last.states,
      strays: { first: first.strays, last: last.strays },
      duplicates: last.duplicates,
    };
  }

  /** A killed server's lock frees itself after 20 seconds: as if they had passed. */
  private letLockGrowOld(): void {
    const lock = join(this.shown.local, '.runwright', 'lock');
    const long_ago = Date.now() / 1000 - 3600;
    if (existsSync(lock)) utimesSync(lock, long_ago, long_ago);
  }

  private seen() {
    const { attempts } = journalOf(this.shown.local);
    return runStates(this.shown.names, attempts, this.runs.lab.namedJobs());
  }
}
