import { execFileSync } from 'node:child_process';
import { deepChecks } from './deep_check.ts';
import type { Figure } from './figure.ts';
import { likeRuns } from './like_runs.ts';
import { parsing } from './parsing.ts';
import { rpcs } from './rpcs.ts';
import { stages } from './stages.ts';
import { startUp } from './start_up.ts';
import { statusRead } from './status_read.ts';
import { submission } from './submission.ts';

const figures: Figure[] = [];
for (const [name, part] of Object.entries({ startUp, submission, likeRuns, statusRead, rpcs, parsing, stages, deepChecks })) {
  console.error(`${name} ...`);
  // What one part left to be written to the disk is not the next one's cost.
  execFileSync('sync');
  figures.push(...(await part()));
}

const short = (value: number): string => (value >= 100 ? value.toFixed(0) : value.toPrecision(3));
const rows = figures.map(({ what, ours, against, theirs, unit, ratio, limit }) => ({
  what,
  ours: `${short(ours)} ${unit}`,
  against,
  theirs: `${short(theirs)} ${unit}`,
  ratio: ratio.toFixed(2),
  limit: `<= ${limit}`,
  met: ratio <= limit ? 'yes' : 'NO',
}));
console.table(rows);
console.log(JSON.stringify(figures));
