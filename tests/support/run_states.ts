import type { Attempt } from '../../server/experiment/attempts.ts';

interface NamedJob {
  id: string;
  name: string;
}

/** What the journal says of each run, held against the jobs that the cluster has: an id counts with its name alone, since ids are reused. */
export function runStates(names: readonly string[], attempts: ReadonlyMap<string, readonly Attempt[]>, jobs: readonly NamedJob[]) {
  const newest = names.map((name) => ({ name, attempt: attempts.get(name)?.at(-1) }));
  const isOf =
    (attempt: Attempt | undefined) =>
    ({ id, name }: NamedJob): boolean =>
      attempt !== undefined && attempt.job_id === id && attempt.job_name === name;
  const states = newest.map(({ name, attempt }): [string, string] => {
    const { state = 'planned', job_id } = attempt ?? {};
    const there = job_id === undefined || state === 'uncertain' || jobs.some(isOf(attempt));
    return [name, there ? state : `${state}, but the cluster has no job ${job_id}`];
  });
  const taskOf = (id: string): string => /_(\d+)$/.exec(id)?.[1] ?? '';
  const keys = jobs.map(({ id, name }) => `${name} ${taskOf(id)}`);
  return {
    states: Object.fromEntries(states),
    strays: jobs.filter((job) => !newest.some(({ attempt }) => isOf(attempt)(job))).map(({ id }) => id),
    // By what each run may have: as many jobs as runs, and no two for one intent.
    duplicates: jobs.filter((_, index) => keys.indexOf(keys[index] ?? '') !== index || index >= names.length).map(({ id }) => id),
  };
}
