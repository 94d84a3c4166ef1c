import type { Attempt } from '../../experiment/attempts.ts';
import { parseDuration } from '../../model/duration.ts';
import type { Change } from '../../model/framework.ts';
import { formatMemory, parseMemory } from '../../model/memory_size.ts';
import { directives } from '../../slurm/script_header.ts';
import type { Standing } from './again.ts';
import { moreTime } from './more_time.ts';

/** Where the next attempt starts. */
interface GoingOn {
  epochs_behind: number;
  /** From a checkpoint that the newest attempt has saved. */
  gained: boolean;
}

/** What the next attempt asks Slurm for otherwise than the plan's script. */
export function headerChanges(standing: Standing, newest: Attempt, going_on: GoingOn): Change[] {
  const asked = directives(standing.plan.script);
  return [
    timeChange(standing, newest, asked.get('time'), going_on),
    memChange(standing, newest, asked.get('mem')),
    excludeChange(standing, newest, asked.get('exclude')),
  ].filter((change) => change !== undefined);
}

/** A change of the attempt before holds on, unless a person has since set another value in the plan. */
const carried = (newest: Attempt, setting: string, planned: string | undefined): Change | undefined =>
  newest.changes?.find((change) => change.setting === setting && change.from === (planned ?? NONE));

const NONE = 'not set';

function timeChange(
  { diagnosis, framework, evidence, mode, plan }: Standing,
  newest: Attempt,
  planned: string | undefined,
  { epochs_behind, gained }: GoingOn,
): Change | undefined {
  const held = carried(newest, 'time', planned);
  const now = held?.to ?? planned;
  // What gets further within its limit goes on in the next one: more may be more than the site grants.
  if (diagnosis?.cause !== 'time_limit' || now === undefined || gained) return held;
  // More than the attempt had: a person has mended it.
  if (newest.time_limit !== undefined && (parseDuration(now) ?? 0) > (parseDuration(newest.time_limit) ?? 0)) return held;
  const progress = framework.readProgress(evidence.metrics, evidence.output, plan.config);
  const { steps_per_epoch } = progress;
  const steps_behind = mode === 'retry' ? 0 : steps_per_epoch === undefined ? undefined : steps_per_epoch * epochs_behind;
  const change = moreTime({ limit: now, progress, resumed: newest.resumed_from !== undefined, steps_behind });
  return change === undefined ? held : { ...change, from: planned ?? NONE };
}

function memChange({ diagnosis }: Standing, newest: Attempt, planned: string | undefined): Change | undefined {
  const held = carried(newest, 'mem', planned);
  const now = held?.to ?? planned;
  const mib = now === undefined ? undefined : parseMemory(now);
  if (diagnosis?.cause !== 'host_oom' || now === undefined || mib === undefined) return held;
  if (newest.mem !== undefined && mib > (parseMemory(newest.mem) ?? 0)) return held;
  return { setting: 'mem', from: planned ?? NONE, to: formatMemory(mib * 2), why: `${now} was not enough: twice as much` };
}

/** One node alone is known to be the bad one. */
function excludeChange({ diagnosis }: Standing, newest: Attempt, planned: string | undefined): Change | undefined {
  const held = carried(newest, 'exclude', planned);
  const { node } = newest;
  const bad = diagnosis?.cause === 'node_failed' || diagnosis?.cause === 'no_gpu';
  if (!bad || node === undefined || !/^[A-Za-z0-9][A-Za-z0-9.-]*$/.test(node)) return held;
  const now = held?.to ?? planned;
  if (now?.split(',').includes(node) === true) return held;
  return { setting: 'exclude', from: planned ?? NONE, to: now === undefined ? node : `${now},${node}`, why: `${diagnosis.what}` };
}
