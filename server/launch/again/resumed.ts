import type { Attempt } from '../../experiment/attempts.ts';
import type { Framework, Remade, RunFile } from '../../model/framework.ts';
import type { RunEvidence } from '../diagnosis/run_evidence.ts';

/** What tells whether a run can go on: a part of its standing. */
interface Facts {
  framework: Framework;
  attempts: readonly Attempt[];
  plan: { config_sha256: string };
  evidence: RunEvidence;
  anyway: boolean;
}

/** The sha256 of the plan's config at that time. */
export const plannedWith = ({ plan_config_sha256, config_sha256 }: Attempt): string => plan_config_sha256 ?? config_sha256;

const CHANGED =
  'finetune.yaml is not the one that its checkpoint was trained with, and what the checkpoint holds wins: the optimizer keeps its learning rate and the weights what they have learnt, NaN included';

/**
 * `config`, the plan's or an eased one, made to go on from the run's last checkpoint. One that another config trained is not
 * gone on from unasked: the result would be of neither.
 */
export function resumed({ framework, attempts, plan, evidence, anyway }: Facts, config: string): Remade {
  const { output, output_before } = evidence;
  // An attempt that ended before its first step tells nothing of the training; the one before it may.
  const heard = `${output_before}\n${output}`;
  const trained = attempts.filter(({ started }) => started !== undefined);
  const other = (attempt: Attempt): boolean => plannedWith(attempt) !== plan.config_sha256;
  const start = Math.max(
    0,
    trained.findLastIndex(({ resumed_from }) => resumed_from === undefined),
  );
  const changed = trained.slice(start).some(other);
  if (changed && !anyway)
    return {
      why_not: CHANGED,
      instead: 'start the run afresh (preflight_runs with mode "retry"), or set the plan back and make its config again (or anyway: true)',
    };
  const files = trained.slice(0, start).some(other) ? savedSince(evidence.files, trained[start]?.started) : evidence.files;
  const remade = framework.resume(config, files, heard);
  return changed && 'text' in remade ? { ...remade, caution: [remade.caution, CHANGED].filter(Boolean).join('; ') } : remade;
}

const savedSince = (files: readonly RunFile[], started: string | undefined): readonly RunFile[] =>
  started === undefined ? files : files.filter(({ modified }) => modified >= Date.parse(started) / 1000);
