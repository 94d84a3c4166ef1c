import type { Ending } from './launch_under_fault.ts';

/** Which states are right after a fault, beyond those that always are. */
export interface Tolerance {
  /** A run without a job may stay uncertain for ever: nobody can know whether sbatch was reached. */
  doubt?: boolean;
  /** Slurm may have refused a run for certain. */
  refused?: boolean;
}

/** Counts faults and what they did; each fault is a point of its own by its kind and step. */
export class FaultAccount {
  readonly wrong: string[] = [];
  readonly endings: Ending[] = [];
  missed = 0;
  private duplicates = 0;
  private lost = 0;

  add(what: string, ending: Ending, { doubt = false, refused = false }: Tolerance = {}): void {
    const { step, first, last, strays, duplicates } = ending;
    if (step === undefined) {
      this.missed += 1;
      return;
    }
    this.endings.push(ending);
    const certain = refused ? ['refused'] : [];
    const faults = [
      ...notIn(first, new Set(['planned', 'uncertain', 'PENDING', ...certain])).map((fault) => `at first, ${fault}`),
      ...notIn(last, new Set(['PENDING', ...(doubt ? ['uncertain'] : []), ...certain])).map((fault) => `in the end, ${fault}`),
      ...strays.first.map((id) => `at first, job ${id} is no run's`),
      ...strays.last.map((id) => `in the end, job ${id} is no run's`),
      ...duplicates.map((id) => `job ${id} is a second one`),
    ];
    this.duplicates += duplicates.length;
    this.lost += strays.last.length + Object.values(last).filter((state) => state.includes('has no job')).length;
    this.wrong.push(...faults.map((fault) => `${what} at "${step}": ${fault}`));
  }

  get points(): number {
    return this.endings.length;
  }

  /** `812 faults: 0 duplicates, 0 lost, 0 wrong states` */
  get summary(): string {
    return `${this.points} faults: ${this.duplicates} duplicates, ${this.lost} lost, ${this.wrong.length} wrong states`;
  }
}

const notIn = (states: Record<string, string>, right: ReadonlySet<string>): string[] =>
  Object.entries(states).flatMap(([run, state]) => (right.has(state) ? [] : [`${run} is ${state}`]));
