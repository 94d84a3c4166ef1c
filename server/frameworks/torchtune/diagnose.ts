import type { Diagnosis } from '../../model/framework.ts';
import { SIGNS } from './failure_signs.ts';
import { readSteps } from './metric_lines.ts';
import { lastBar } from './progress_bar.ts';

const EVIDENCE_LINES = 5;
const LINE_LENGTH = 300;

/** What a training that ended well has written last. */
const SAVED = /Saving final epoch checkpoint|Adapter checkpoint of size|Model checkpoint of size|Checkpoint saved in/;

/** Progress bars rewrite their line: what would be left on a screen. */
const screenLines = (text: string): string[] =>
  text.split('\n').map((line) => line.slice(line.lastIndexOf('\r', line.length - 2) + 1).trimEnd());

/** Why the attempt failed, or did not train although it ended well; undefined when its log does not tell. */
export function diagnose(output: string, metrics: string): Diagnosis | undefined {
  const lines = screenLines(output);
  const saved = lines.some((line) => SAVED.test(line));
  return (lines.some((line) => /^Traceback/.test(line)) || !saved ? failure(lines) : undefined) ?? silent(lines, output, metrics, saved);
}

function failure(lines: readonly string[]): Diagnosis | undefined {
  for (const { cause, pattern, mend, safe_to_retry } of SIGNS) {
    const hits = lines.filter((line) => pattern.test(line));
    const match = pattern.exec(hits.at(-1) ?? '');
    if (match === null) continue;
    return { cause, evidence: shown(hits), mend: typeof mend === 'string' ? mend : mend(match), safe_to_retry };
  }
  return undefined;
}

/** torchtune ends with exit code 0 and a checkpoint in these. */
function silent(lines: readonly string[], output: string, metrics: string, saved: boolean): Diagnosis | undefined {
  const bar = lastBar(output);
  const step = readSteps(metrics).steps.at(-1);
  const loss = bar?.loss ?? step?.loss;
  if (loss !== undefined && !Number.isFinite(loss))
    return {
      cause: 'nan_loss',
      evidence: shown([...metrics.split('\n'), ...lines].filter((line) => /loss: ?-?(?:nan|inf)/i.test(line))),
      mend: 'its weights are worth nothing: lower lr, set clip_grad_norm, or raise max_seq_len if answers are cut off; then start it afresh',
      safe_to_retry: false,
    };
  if (saved && bar === undefined && step === undefined)
    return {
      cause: 'trained_nothing',
      evidence: shown(lines.filter((line) => /\b0it \[/.test(line) || SAVED.test(line))),
      mend: 'no optimizer step was made: fewer rows than batch_size x gradient_accumulation_steps x GPUs, or a field of the data file that is not named; what it saved is untrained',
      safe_to_retry: false,
    };
  return undefined;
}

/** The same line again (from other ranks, say) tells no more. */
const shown = (lines: readonly string[]): string[] => [...new Set(lines)].slice(-EVIDENCE_LINES).map((line) => line.slice(0, LINE_LENGTH));
