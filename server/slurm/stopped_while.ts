/** What finetune.slurm says of itself when it stops before the training. */
export interface Stopped {
  code: number;
  /** `looking for GPUs`, in the script's own words. */
  step: string;
  /** The script's lines about it, the newest last. */
  lines: readonly string[];
}

/** undefined when the script did not stop itself: then the training ended, or something else ended the job. */
export function stoppedWhile(output: string): Stopped | undefined {
  const own = output.split('\n').filter((line) => line.startsWith('runwright: '));
  const index = own.findLastIndex((line) => /^runwright: stopped with exit code \d+ while /.test(line));
  const match = /^runwright: stopped with exit code (\d+) while (.+)$/.exec(own[index] ?? '');
  if (match?.[2] === undefined) return undefined;
  return { code: Number(match[1]), step: match[2], lines: own.slice(Math.max(0, index - 1), index + 1) };
}
