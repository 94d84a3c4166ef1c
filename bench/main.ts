// npm run bench [-- PART...]: measures the parts that are named, or all. Those on a cluster take the development Slurm of
// RUNWRIGHT_LAB_DIR, or start one.
import { execFileSync } from 'node:child_process';
import setUpCluster from '../tests/cluster/global_setup.ts';
import { deepChecks } from './deep_check.ts';
import type { Figure } from './figure.ts';
import { likeRuns } from './like_runs.ts';
import { parsing } from './parsing.ts';
import { rpcs } from './rpcs.ts';
import { stages } from './stages.ts';
import { startUp } from './start_up.ts';
import { statusRead } from './status_read.ts';
import { submission } from './submission.ts';

const ON_A_CLUSTER: Record<string, () => Promise<Figure[]>> = { submission, likeRuns, statusRead, rpcs };
const PARTS: Record<string, () => Promise<Figure[]>> = { startUp, ...ON_A_CLUSTER, parsing, stages, deepChecks };

const short = (value: number): string => (value >= 100 ? value.toFixed(0) : value.toPrecision(3));

async function measure(chosen: readonly string[]): Promise<Figure[]> {
  const takeDown = chosen.some((name) => Object.hasOwn(ON_A_CLUSTER, name)) ? setUpCluster() : undefined;
  const figures: Figure[] = [];
  try {
    for (const name of chosen) {
      console.error(`${name} ...`);
      // What one part left to be written to the disk is not the next one's cost.
      execFileSync('sync');
      figures.push(...((await PARTS[name]?.()) ?? []));
    }
  } finally {
    takeDown?.();
  }
  return figures;
}

const named = process.argv.slice(2);
const unknown = named.find((name) => !Object.hasOwn(PARTS, name));
if (unknown !== undefined) {
  console.error(`the bench has no part "${unknown}"; its parts: ${Object.keys(PARTS).join(', ')}`);
  process.exit(2);
}
const figures = await measure(named.length > 0 ? named : Object.keys(PARTS));
console.table(
  figures.map(({ what, ours, against, theirs, unit, ratio, limit }) => ({
    what,
    ours: `${short(ours)} ${unit}`,
    against,
    theirs: `${short(theirs)} ${unit}`,
    ratio: ratio.toFixed(2),
    limit: `<= ${limit}`,
    met: ratio <= limit ? 'yes' : 'NO',
  })),
);
console.log(JSON.stringify(figures));
