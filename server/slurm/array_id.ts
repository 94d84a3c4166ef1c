/** `4711_3` -> 3; undefined for a job that is no task of an array. */
export function taskOf(jobId: string): number | undefined {
  const task = /^\d+_(\d+)$/.exec(jobId)?.[1];
  return task === undefined ? undefined : Number(task);
}

/** `4711_3` -> `4711`: the id of the whole array, or of the job itself. */
export const baseId = (jobId: string): string => jobId.split('_')[0] ?? jobId;

/** Slurm's own MaxArraySize cannot exceed this; a longer range is no array's. */
const LARGEST = 4_000_001;

/** The ids of the tasks that one record stands for: `4_[2-3,7%2]` -> 4_2, 4_3, 4_7. Any other id stands for itself. */
export function expandIds(jobId: string): string[] {
  const match = /^(\d+)_\[([\d,:-]+)(?:%\d+)?(?:\.\.\.)?\]$/.exec(jobId);
  if (match?.[1] === undefined || match[2] === undefined) return [jobId];
  return match[2].split(',').flatMap((part) => rangeOf(part).map((task) => `${match[1]}_${task}`));
}

function rangeOf(part: string): number[] {
  const match = /^(\d+)(?:-(\d+)(?::(\d+))?)?$/.exec(part);
  if (match?.[1] === undefined) return [];
  const [first, last, step] = [Number(match[1]), Number(match[2] ?? match[1]), Number(match[3] ?? 1)];
  if (step < 1 || last < first || last > LARGEST) return [];
  return Array.from({ length: Math.floor((last - first) / step) + 1 }, (_, index) => first + index * step);
}

/** `[0, 1, 2, 5]` -> `0-2,5`, as sbatch and scancel take it. */
export function taskList(tasks: readonly number[]): string {
  const sorted = [...new Set(tasks)].sort((a, b) => a - b);
  const parts: string[] = [];
  for (let from = 0; from < sorted.length; ) {
    let to = from;
    while (sorted[to + 1] === (sorted[to] ?? 0) + 1) to += 1;
    parts.push(from === to ? `${sorted[from]}` : `${sorted[from]}-${sorted[to]}`);
    from = to + 1;
  }
  return parts.join(',');
}
