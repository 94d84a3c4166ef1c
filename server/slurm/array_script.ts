import type { Submission } from '../clusters/scheduler.ts';
import { digest } from '../model/digest.ts';
import { shellQuote, shellWords } from '../model/shell_quote.ts';
import { fillTemplate } from './fill_template.ts';
import { likeness } from './script_header.ts';

/** The one script of an array of like runs: each task starts its own run's script, and nothing else. */
export function arrayScript(tasks: readonly Submission[], folder: string): string {
  const header = tasks[0]?.script === undefined ? undefined : likeness(tasks[0].script);
  if (header === undefined) throw new Error('an array was asked for of scripts that cannot be its tasks');
  return fillTemplate('array.slurm', {
    header: header.map((line) => ({ line })),
    folder: shellQuote(folder),
    tasks: tasks.map((task) => ({
      task: String(task.array?.task ?? 0),
      words: shellWords([task.run_dir, String(task.attempt), task.script_path, task.output_path, digest(task.script ?? '')]),
    })),
  });
}
