import type { Attempt } from '../../experiment/attempts.ts';
import type { Change, Framework } from '../../model/framework.ts';
import type { Cause, RunDiagnosis } from '../diagnosis/diagnosis.ts';
import type { RunEvidence } from '../diagnosis/run_evidence.ts';
import type { RunFiles } from '../run_files.ts';
import { headerChanges } from './header_changes.ts';
import { plannedWith, resumed } from './resumed.ts';

/** How often a run that fails by itself is started without being told to go on. */
export const MOST_ATTEMPTS = 3;

export interface Standing {
  mode: 'retry' | 'resume';
  framework: Framework;
  /** Oldest first; the newest has ended. */
  attempts: readonly [Attempt, ...Attempt[]];
  /** The plan's files as they are now. */
  plan: RunFiles;
  evidence: RunEvidence;
  /** Why the newest attempt ended, and the one before it. */
  diagnosis: RunDiagnosis | undefined;
  before: RunDiagnosis | undefined;
  /** A person has said that what stands in the way is mended. */
  anyway: boolean;
}

/** The next attempt, as it differs from the plan. */
export interface Again {
  config: string;
  /** Everything that is otherwise than in the plan; empty when the plan's own files will do. */
  changes: readonly Change[];
  /** How often memory was eased since the plan's config. */
  eased: number;
  resumed_from?: string;
  /** What a person should have mended first. */
  warning?: string;
  /** What the framework could not make sure of. */
  caution?: string;
  /** It could go on from a checkpoint, and does not. */
  starts_over?: boolean;
}

/** Slurm or a person ended these: they say nothing against another attempt. */
const NOT_ITS_OWN: ReadonlySet<Cause> = new Set<Cause>(['preempted', 'node_failed', 'cancelled', 'held', 'no_gpu']);
const NOT_ITS_OWN_STATES: ReadonlySet<string> = new Set(['PREEMPTED', 'NODE_FAIL', 'BOOT_FAIL', 'CANCELLED', 'refused']);
/** The same files end the same way. */
const IN_ITS_FILES: ReadonlySet<Cause> = new Set<Cause>(['config', 'nan_loss', 'trained_nothing']);
/** Nothing that is changed here helps; what does, nobody can see from here. */
const MENDED_ELSEWHERE: ReadonlySet<Cause> = new Set<Cause>([
  'missing_module',
  'missing_file',
  'disk_full',
  'setup',
  'program',
  'job_script',
  'script',
  'killed',
  'unknown',
]);

/** What another attempt of this run would be, or why there is none. Decides; writes and submits nothing. */
export function again(standing: Standing): Again | { why_not: string } {
  const { attempts, plan, diagnosis, anyway } = standing;
  const newest = attempts.at(-1) ?? attempts[0];
  const same_config = plannedWith(newest) === plan.config_sha256;
  const same_script = (newest.plan_script_sha256 ?? newest.script_sha256) === plan.script_sha256;
  if (diagnosis !== undefined && IN_ITS_FILES.has(diagnosis.cause) && same_config && !anyway)
    return { why_not: `${diagnosis.what}, and the same config would do it again: ${diagnosis.mend} (or anyway: true)` };

  const config = nextConfig(standing, same_config ? newest : undefined);
  if ('why_not' in config) return config;
  const failed = failures([...attempts, { resumed_from: config.from }]);
  if (failed >= MOST_ATTEMPTS && !anyway)
    return { why_not: `${failed} attempts have failed, the most that are made unasked: mend the cause, then call with anyway: true` };
  const gained = config.from !== undefined && config.from !== newest.resumed_from;
  const header = headerChanges(standing, newest, { epochs_behind: config.epochs_behind, gained });
  const changes = merged([...config.changes, ...header]);
  const anew = !same_config || !same_script || changes.some((change) => !isIn(newest.changes ?? [], change));
  if (!anew && !anyway && stuck(standing)) return { why_not: whyStuck(standing) };
  return {
    config: config.text,
    changes,
    eased: config.eased,
    ...(config.from === undefined ? {} : { resumed_from: config.from }),
    ...(config.caution === undefined ? {} : { caution: config.caution }),
    ...(standing.mode === 'retry' && diagnosis?.cause !== 'nan_loss' && couldResume(standing) ? { starts_over: true } : {}),
    ...(diagnosis !== undefined && MENDED_ELSEWHERE.has(diagnosis.cause) ? { warning: `${diagnosis.what}: ${diagnosis.mend}` } : {}),
  };
}

/** A training longer than its time limit goes on as often as it gets further: such an attempt has not failed. The last is the next one. */
const failures = (attempts: readonly { state?: string; resumed_from?: string | undefined }[]): number =>
  attempts.filter(({ state, resumed_from }, index) => {
    const from = attempts[index + 1]?.resumed_from;
    const got_further = state === 'TIMEOUT' && from !== undefined && from !== resumed_from;
    return state !== undefined && !NOT_ITS_OWN_STATES.has(state) && !got_further;
  }).length;

const couldResume = (standing: Standing): boolean =>
  standing.evidence.files.length > 0 && 'text' in resumed(standing, standing.plan.config);

interface NextConfig {
  text: string;
  changes: Change[];
  eased: number;
  /** The checkpoint that it goes on from. */
  from?: string;
  caution?: string;
  epochs_behind: number;
}

/** From the plan's config, always: eased as often as `carried` was, once more after a CUDA OOM, and made to go on from a checkpoint. */
function nextConfig(standing: Standing, carried: Attempt | undefined): NextConfig | { why_not: string } {
  const { mode, framework, plan, evidence, diagnosis } = standing;
  const eased = (carried?.eased ?? 0) + (carried !== undefined && diagnosis?.cause === 'cuda_oom' ? 1 : 0);
  const next: NextConfig = { text: plan.config, changes: [], eased, epochs_behind: 0 };
  for (let time = 0; time < eased; time += 1) {
    const remade = framework.easeMemory(next.text);
    if ('why_not' in remade) return { why_not: `${remade.why_not}; ${remade.instead}` };
    next.text = remade.text;
    next.changes.push(...remade.changes);
  }
  if (mode === 'retry') return next;
  const remade = resumed(standing, next.text);
  if ('why_not' in remade) return { why_not: `${remade.why_not}; ${remade.instead}` };
  const last = framework.checkpoints(next.text, evidence.files).findLast(({ complete }) => complete);
  return {
    ...next,
    text: remade.text,
    changes: [...next.changes, ...remade.changes],
    from: remade.from ?? 'its last checkpoint',
    ...(remade.caution === undefined ? {} : { caution: remade.caution }),
    epochs_behind: last === undefined ? 0 : last.epoch + 1,
  };
}

/** One change a setting: from the plan's value to the last one. */
function merged(changes: readonly Change[]): Change[] {
  const bySetting = new Map<string, Change>();
  for (const change of changes) bySetting.set(change.setting, { ...change, from: bySetting.get(change.setting)?.from ?? change.from });
  return [...bySetting.values()].filter(({ from, to }) => from !== to);
}

const isIn = (changes: readonly Change[], { setting, to }: Change): boolean =>
  changes.some((known) => known.setting === setting && known.to === to);

/** The same failure twice at the same step, and nothing is otherwise since. */
const stuck = ({ diagnosis, before }: Standing): boolean =>
  diagnosis !== undefined &&
  before !== undefined &&
  !NOT_ITS_OWN.has(diagnosis.cause) &&
  diagnosis.cause === before.cause &&
  diagnosis.step === before.step;

function whyStuck({ diagnosis }: Standing): string {
  const at = diagnosis?.step === undefined ? 'before the first step' : `at step ${diagnosis.step}`;
  return `twice the same, ${at}, with nothing changed in between (${diagnosis?.what}): ${diagnosis?.mend}; then call with anyway: true`;
}
