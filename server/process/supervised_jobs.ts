import { statSync } from 'node:fs';
import { makeFolder, publish } from './durable_file.ts';
import { type JobEnd, type JobFacts, readJob, writeEnd } from './job_files.ts';
import { type JobOutcome, outcomeOf, outcomeOfLost } from './job_outcome.ts';
import { idOfToken, type JobRecord, readRecord } from './job_record.ts';
import { startJob } from './job_start.ts';
import { decideStop, isSweptAway, killOrphan, pressStop, type Stopping, warn } from './job_stop.ts';
import type { Machine } from './machine.ts';
import { currentBoot } from './process_identity.ts';
import { numbersIn, type StateFolder } from './state_folder.ts';

interface Watched {
  record: JobRecord;
  /** Its token points at it: it is a job. */
  bound: boolean;
  /** Given to it while it runs or is about to. */
  given?: { gpus: readonly number[] };
  runnerEnded: boolean;
  stopping?: Stopping;
}

/** The jobs that have not ended, and what one look at each of them brings about. */
export class SupervisedJobs {
  private readonly folder: StateFolder;
  private readonly machine: Machine;
  private readonly watched = new Map<number, Watched>();
  private readonly settled: Set<number>;
  private listed = 0;

  constructor(folder: StateFolder, machine: Machine) {
    this.folder = folder;
    this.machine = machine;
    this.settled = new Set(numbersIn(folder.ends));
  }

  /** One round. True while there are jobs to wait for. */
  step(now: number): boolean {
    this.list(now);
    const waiting: Watched[] = [];
    for (const job of this.watched.values()) {
      if (this.isJob(job) && this.look(job, now) === 'waiting') waiting.push(job);
    }
    for (const job of waiting.sort((a, b) => a.record.id - b.record.id)) {
      // In the order of their numbers, none before its turn: a large job is not starved by small ones.
      if (!this.admit(job)) break;
    }
    return [...this.watched.values()].some((job) => job.bound);
  }

  /** Looks and touches nothing: are there jobs that have not ended? */
  hasJobs(now: number): boolean {
    this.list(now);
    return [...this.watched.values()].some((job) => this.isJob(job));
  }

  private list(now: number): void {
    const changed = statSync(this.folder.jobs).mtimeMs;
    // A change within the same tick of the file system's clock does not show: a folder that was young is listed again.
    if (changed < this.listed - 3000) return;
    this.listed = now;
    for (const id of numbersIn(this.folder.jobs).sort((a, b) => a - b)) {
      if (this.settled.has(id) || this.watched.has(id)) continue;
      const record = readRecord(this.folder, id);
      if (record !== undefined) this.watched.set(id, { record, bound: false, runnerEnded: false });
    }
  }

  private isJob(job: Watched): boolean {
    if (job.bound) return true;
    const bound = idOfToken(this.folder, job.record.token);
    if (bound !== undefined && bound !== job.record.id) this.forget(job);
    job.bound = bound === job.record.id;
    return job.bound;
  }

  private look(job: Watched, now: number): 'waiting' | 'settled' {
    const { id } = job.record;
    const facts = readJob(this.folder, id);
    if (facts.end !== undefined) this.forget(job);
    else if (facts.exit !== undefined) this.conclude(job, facts, outcomeOf(facts.exit.how, facts.stop?.cause), facts.exit.at, now);
    else if (facts.claim === undefined) return this.lookAtUnclaimed(job, facts, now);
    else if (!facts.running) {
      killOrphan(this.folder, id);
      const sameBoot = facts.claim.runner.boot === currentBoot();
      this.conclude(job, facts, outcomeOfLost(sameBoot, facts.stop?.cause), new Date(now).toISOString(), now);
    } else {
      job.given ??= { gpus: facts.claim.gpus };
      if (decideStop(this.folder, job.record, facts, now)) job.stopping = pressStop(facts.claim.runner.pid, job.stopping, now);
      else warn(this.folder, job.record, facts, now);
    }
    return 'settled';
  }

  private lookAtUnclaimed(job: Watched, facts: JobFacts, now: number): 'waiting' | 'settled' {
    const broken = job.given !== undefined && job.runnerEnded;
    if (!facts.cancel && !broken) return job.given === undefined ? 'waiting' : 'settled';
    const { id } = job.record;
    makeFolder(this.folder.work(id));
    if (facts.cancel) publish(this.folder.work(id, 'stop'), 'cancel');
    // With the claim taken, no runner that may still be on its way can start it.
    if (!publish(this.folder.work(id, 'claim'), JSON.stringify({ pid: 0, boot: currentBoot(), started: 'never' }))) return 'settled';
    const how = facts.cancel ? outcomeOf({ code: 0, signal: 0 }, 'cancel') : outcomeOf({ code: 0, signal: 53 });
    this.settle(job, { ...how, ended: new Date(now).toISOString() });
    return 'settled';
  }

  private conclude(job: Watched, facts: JobFacts, how: JobOutcome, ended: string, now: number): void {
    if (job.stopping !== undefined && !isSweptAway(job.stopping, now)) return;
    const started = facts.claim === undefined || facts.claim.runner.pid === 0 ? {} : { started: facts.claim.at };
    this.settle(job, { ...how, ...started, ended });
  }

  private settle(job: Watched, end: JobEnd): void {
    writeEnd(this.folder, job.record.id, end);
    this.forget(job);
  }

  private forget(job: Watched): void {
    this.watched.delete(job.record.id);
    this.settled.add(job.record.id);
  }

  private admit(job: Watched): boolean {
    const busy = [...this.watched.values()].filter((other) => other.given !== undefined);
    const cpus = busy.reduce((sum, other) => sum + other.record.asks.cpus, 0);
    const taken = new Set(busy.flatMap((other) => other.given?.gpus ?? []));
    const free = Array.from({ length: this.machine.gpus }, (_, index) => index).filter((gpu) => !taken.has(gpu));
    const { asks } = job.record;
    const fits = cpus + asks.cpus <= this.machine.cpus && asks.gpus <= free.length;
    // One that was let in when there was more of the machine is not left waiting for ever.
    if (!fits && busy.length > 0) return false;
    const gpus = free.slice(0, asks.gpus);
    job.given = { gpus };
    startJob(this.folder, job.record, gpus, this.machine.gpus, () => {
      job.runnerEnded = true;
    });
    return true;
  }
}
