import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { readTextIfThere } from '../../server/model/files.ts';
import { launchRuns } from '../../server/stages/launch_runs.ts';
import { monitorJobs } from '../../server/stages/monitor_jobs.ts';
import type { ClusterRuns, Shown } from './cluster_runs.ts';
import { callWithFault, type Fault } from './faulty_server.ts';

const FAULT_POINTS = fileURLToPath(new URL('fault_points.sh', import.meta.url));

/** What became of a launch to which one fault happened. */
export interface Ending {
  /** The step that was hit; undefined when there are fewer. */
  step: string | undefined;
  /** States at the first look after it, and at the end, by run; a job that the cluster does not have is named so. */
  first: Record<string, string>;
  last: Record<string, string>;
  /** Jobs at the end that belong to no run. */
  strays: string[];
}

/** What is wrong with an ending, in words; `doubt` where a run without a job may stay uncertain for ever. */
export function wrongWith({ first, last, strays }: Ending, doubt = false): string[] {
  const early = new Set(['planned', 'uncertain', 'PENDING']);
  const late = new Set(doubt ? ['PENDING', 'uncertain'] : ['PENDING']);
  const wrong = (when: string, states: Record<string, string>, right: ReadonlySet<string>): string[] =>
    Object.entries(states).flatMap(([run, state]) => (right.has(state) ? [] : [`${when}, ${run} is ${state}`]));
  return [...wrong('at first', first, early), ...wrong('in the end', last, late), ...strays.map((id) => `job ${id} is no run's`)];
}

type ClusterFault = { at: number; how: 'kill' | 'orphan' | 'cut' };

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

  static async prepare(runs: ClusterRuns, name: string, count: number): Promise<LaunchUnderFault> {
    const launch = new LaunchUnderFault(runs, await runs.shown(name, count));
    writeFileSync(join(runs.lab.home, '.bashrc'), `. '${FAULT_POINTS}'\n`);
    runs.lab.drain();
    return launch;
  }

  finish(): void {
    this.begin();
    rmSync(join(this.runs.lab.home, '.bashrc'));
    rmSync(this.clusterFault, { recursive: true, force: true });
    this.runs.lab.resume();
  }

  /** The steps of a launch inside the server, in their order. */
  async serverSteps(): Promise<string[]> {
    this.begin();
    return (await this.launchElsewhere({ at: 0, act: 'count' })).steps;
  }

  /** How many commands the cluster runs for a launch. */
  async clusterSteps(): Promise<number> {
    this.begin();
    this.arm({ at: 0, how: 'kill' });
    await this.launchElsewhere({ at: 0, act: 'count' });
    return readFileSync(join(this.clusterFault, 'count'), 'utf8').length;
  }

  async inServer(fault: Fault): Promise<Ending> {
    this.begin();
    const { steps } = await this.launchElsewhere(fault);
    return this.ending(steps[0]);
  }

  async onCluster(fault: ClusterFault): Promise<Ending> {
    this.begin();
    this.arm(fault);
    const { context, experiment_dir, preflight_id } = this.shown;
    await launchRuns({ experiment_dir, preflight_id }, context).catch(() => undefined);
    const step = readTextIfThere(join(this.clusterFault, 'hit', 'command'))?.trim();
    rmSync(join(this.clusterFault, 'at'));
    return this.ending(step);
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

  private launchElsewhere(fault: Fault) {
    const { context, experiment_dir, preflight_id } = this.shown;
    return callWithFault(context, 'launch_runs', { experiment_dir, preflight_id }, fault);
  }

  /** Looks at once, then finishes the launch as a person would: by the same call. */
  private async ending(step: string | undefined): Promise<Ending> {
    const { context, experiment_dir, preflight_id } = this.shown;
    this.letLockGrowOld();
    await monitorJobs({ experiment_dir }, context);
    const first = this.states();
    for (let tries = 0; ; tries += 1) {
      const { counts } = await launchRuns({ experiment_dir, preflight_id }, context);
      if (counts.uncertain === 0 || tries === 3) break;
      await sleep(200);
    }
    await monitorJobs({ experiment_dir }, context);
    return { step, first, last: this.states(), strays: this.strays() };
  }

  /** A killed server's lock frees itself after 20 seconds: as if they had passed. */
  private letLockGrowOld(): void {
    const lock = join(this.shown.local, '.runwright', 'lock');
    const long_ago = Date.now() / 1000 - 3600;
    if (existsSync(lock)) utimesSync(lock, long_ago, long_ago);
  }

  private status(): Record<string, { state: string; job_id?: string }> {
    const { runs } = parse(readFileSync(join(this.shown.local, 'runs_status.yaml'), 'utf8'));
    return Object.fromEntries(this.shown.names.map((name) => [name, { ...runs[name].attempts?.at(-1), state: runs[name].state }]));
  }

  private states(): Record<string, string> {
    const open = new Set(this.runs.lab.openJobs());
    return Object.fromEntries(
      Object.entries(this.status()).map(([name, { state, job_id }]) => [
        name,
        job_id === undefined || open.has(job_id) ? state : `${state}, but the cluster has no job ${job_id}`,
      ]),
    );
  }

  private strays(): string[] {
    const known = Object.values(this.status()).map(({ job_id }) => job_id);
    return this.runs.lab.openJobs().filter((id, index, all) => !known.includes(id) || all.indexOf(id) !== index);
  }
}
