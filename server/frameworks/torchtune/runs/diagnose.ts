import type { Diagnosis } from '../../../model/framework.ts';
import { SIGNS } from './failure_signs.ts';
import { newestAttempt, readSteps } from './metric_lines.ts';
import { lastBar } from './progress_bar.ts';

const EVIDENCE_LINES = 5;
const LINE_LENGTH = 300;

/** Written when an epoch has been saved: the training did not fail before that. */
const SAVED = /^(?:Saving final epoch checkpoint|Checkpoint saved in|Saving checkpoint took)/;

/** What would be left on a screen, since progress bars rewrite their line; without the rank that several processes put before each. */
const screenLines = (text: string): string[] =>
  text.split('\n').map((line) =>
    line
      .slice(line.trimEnd().lastIndexOf('\r') + 1)
      .replace(/^\[rank\d+\]: ?/, '')
      .trimEnd(),
  );

/** The same line again (from other ranks, say) tells no more. */
const shown = (lines: readonly string[]): string[] => [...new Set(lines)].slice(-EVIDENCE_LINES).map((line) => line.slice(0, LINE_LENGTH));

/** Why the attempt failed, or did not train although it ended well; undefined when its log does not tell. */
export function diagnose(output: string, metrics: string): Diagnosis | undefined {
  const lines = screenLines(output);
  const saved = lines.some((line) => SAVED.test(line));
  const failed = lines.some((line) => /^Traceback/.test(line)) || !saved;
  return (
    (failed ? failure(lines) : undefined) ?? notFinite(output, metrics) ?? (saved ? nothingTrained(lines, output, metrics) : undefined)
  );
}

/** The mend is our word, and the log's only a name in it: anything longer stands in the evidence alone. */
const nameOnly = (text = ''): string => (/^[\w./:@+-]{1,200}$/.test(text) ? text : 'what the lines name');

function failure(lines: readonly string[]): Diagnosis | undefined {
  for (const { cause, pattern, mend, safe_to_retry } of SIGNS) {
    const hits = lines.filter((line) => pattern.test(line));
    const group = pattern
      .exec(hits.at(-1) ?? '')
      ?.slice(1)
      .find((text) => text !== undefined);
    if (hits.length > 0) return { cause, evidence: shown(hits), mend: mend(nameOnly(group)), safe_to_retry };
  }
  return undefined;
}

/** torchtune goes on with such a loss to the end, and saves. */
function notFinite(output: string, metrics: string): Diagnosis | undefined {
  const bar = lastBar(output);
  const steps = newestAttempt(readSteps(metrics).steps);
  const last = steps.at(-1);
  const loss = bar?.loss ?? last?.loss;
  if (loss === undefined || Number.isFinite(loss)) return undefined;
  const first = steps.find((step) => step.loss !== undefined && !Number.isFinite(step.loss));
  const lines = metrics.split('\n').filter((line) => first !== undefined && line.startsWith(`Step ${first.step} |`));
  return {
    cause: 'nan_loss',
    evidence: shown(
      lines.length > 0 ? lines.slice(-1) : screenLines(output).flatMap((line) => /^\d+\|\d+\|Loss: -?(?:nan|inf)/i.exec(line)?.[0] ?? []),
    ),
    // Without a token to learn, the loss is nought divided by nought.
    mend:
      last?.tokens_per_second === 0
        ? 'max_seq_len cuts off every answer, so there was nothing to learn: raise it, then start the run afresh'
        : 'its weights are worth nothing: lower lr or set clip_grad_norm; or raise max_seq_len, if it cuts off answers; then start the run afresh',
    safe_to_retry: false,
  };
}

/** It ends with exit code 0 and a checkpoint. */
function nothingTrained(lines: readonly string[], output: string, metrics: string): Diagnosis | undefined {
  const none = lines.flatMap((line) => /\b0it \[[^\]]*\]/.exec(line) ?? []);
  if (lastBar(output) !== undefined || (none.length === 0 && readSteps(metrics).steps.length > 0)) return undefined;
  return {
    cause: 'trained_nothing',
    evidence: shown([...none, ...lines.filter((line) => line.startsWith('Saving final'))]),
    mend: 'no step was made: fewer rows than batch_size x gradient_accumulation_steps x GPUs, or rows under a field of the file that is not named; what it saved is untrained',
    safe_to_retry: false,
  };
}
