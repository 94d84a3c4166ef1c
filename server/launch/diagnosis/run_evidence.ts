import { posix } from 'node:path';
import { ConnectionError } from '../../clusters/connection.ts';
import { fileTails } from '../../clusters/file_tails.ts';
import { frame } from '../../clusters/frame.ts';
import type { Attempt } from '../../experiment/attempts.ts';
import type { RunFile } from '../../model/framework.ts';
import { shellWords } from '../../model/shell_quote.ts';
import { cancelledBy, readCancelledBy } from '../../slurm/cancelled_by.ts';
import { outputPath } from '../job_ref.ts';
import type { Cluster } from '../open_cluster.ts';

/** What a run has left on the cluster, as far as its newest attempt and the one before it tell. */
export interface RunEvidence {
  /** The end of the newest attempt's output. */
  output: string;
  /** The end of the output of the attempt before it. */
  output_before: string;
  /** The end of the metrics; empty when the newest attempt has added nothing to those of the attempts before it. */
  metrics: string;
  /** Everything below the run's folder. */
  files: readonly RunFile[];
  /** Seconds since the output or the metrics grew, on the cluster's clock. */
  quiet_seconds?: number;
  /** Who cancelled the job: `alice` or `uid 1001`. */
  cancelled_by?: string;
}

/** Where there is nothing to be read: only Slurm's own state tells. */
export const NO_EVIDENCE: RunEvidence = { output: '', output_before: '', metrics: '', files: [] };

export interface Asked {
  run: string;
  /** Oldest first, at least one. */
  attempts: readonly Attempt[];
}

const TIMEOUT_MS = 120_000;

/** Everything in one framed command, whatever the number of runs. `root`: the experiment's folder on the cluster. */
export async function runEvidence(
  { connection, scheduler }: Cluster,
  root: string,
  runs: readonly Asked[],
  metricsFile: string,
  signal: AbortSignal,
): Promise<Map<string, RunEvidence>> {
  if (runs.length === 0) return new Map();
  const paths = runs.flatMap(({ run, attempts }) => {
    const newest = attempts.at(-1)?.attempt ?? 1;
    return [outputPath(root, run, newest), outputPath(root, run, attempts.at(-2)?.attempt ?? newest), posix.join(root, run, metricsFile)];
  });
  const tails = fileTails(paths, runs.length <= 100 ? 16_384 : 4096);
  const cancelled = scheduler.name === 'slurm' ? runs.flatMap(({ attempts }) => cancelledJob(attempts.at(-1))) : [];
  const asked = frame([
    { name: 'tails', command: tails.command },
    { name: 'files', command: filesCommand(runs.map(({ run }) => posix.join(root, run))) },
    ...(cancelled.length === 0 ? [] : [{ name: 'who', command: cancelledBy(cancelled) }]),
  ]);
  const answers = asked.read(await connection.run(asked.command, { timeoutMs: TIMEOUT_MS, signal }));
  const texts = tails.read(answers.get('tails')?.stdout ?? '');
  const { now, files } = readFiles(answers.get('files')?.stdout ?? '', root);
  if (now === undefined) throw new ConnectionError(`${connection.where}: the list of files was cut short; ask again`);
  const who = readCancelledBy(answers.get('who')?.stdout ?? '');
  return new Map(
    runs.map(({ run, attempts }, index) => {
      const [output = '', output_before = '', metrics = ''] = texts.slice(index * 3, index * 3 + 3);
      const own = files.get(run) ?? [];
      const newest = attempts.at(-1);
      const grown = own.filter(({ path }) => path === metricsFile || path === `logs/attempt-${newest?.attempt}.out`);
      const by = newest?.job_id === undefined ? undefined : who.get(newest.job_id);
      return [
        run,
        {
          output,
          output_before: attempts.length > 1 ? output_before : '',
          metrics: attempts.length > 1 && !grewSince(own, metricsFile, newest?.started) ? '' : metrics,
          files: own,
          ...(grown.length === 0 ? {} : { quiet_seconds: Math.max(0, now - Math.max(...grown.map(({ modified }) => modified))) }),
          ...(by === undefined ? {} : { cancelled_by: by }),
        },
      ];
    }),
  );
}

const grewSince = (files: readonly RunFile[], path: string, started: string | undefined): boolean =>
  started !== undefined && files.some((file) => file.path === path && file.modified >= Date.parse(started) / 1000);

const cancelledJob = (attempt: Attempt | undefined): string[] =>
  attempt?.state === 'CANCELLED' && attempt.job_id !== undefined ? [attempt.job_id] : [];

/** `TIME SIZE PATH` for each file, then the cluster's time; GNU's stat, or that of the BSDs. */
const filesCommand = (
  folders: readonly string[],
): string => `if stat -c %Y / >/dev/null 2>&1; then s=(stat -c '%.Y %s %n'); else s=(stat -f '%Fm %z %N'); fi
find ${shellWords(folders)} \\( -name .runwright -o -name evaluations \\) -prune -o -type f -exec "\${s[@]}" {} + 2>/dev/null
date +'now %s'`;

function readFiles(stdout: string, root: string): { now?: number; files: Map<string, RunFile[]> } {
  const files = new Map<string, RunFile[]>();
  for (const line of stdout.split('\n')) {
    const [, modified, size, path] = /^(\d+(?:\.\d+)?) (\d+) (.+)$/.exec(line) ?? [];
    if (path === undefined || !path.startsWith(`${root}/`)) continue;
    const inner = path.slice(root.length + 1);
    const slash = inner.indexOf('/');
    const run = inner.slice(0, slash);
    const known = files.get(run) ?? [];
    if (known.length === 0) files.set(run, known);
    known.push({ path: inner.slice(slash + 1), size: Number(size), modified: Number(modified) });
  }
  const now = /^now (\d+)$/m.exec(stdout)?.[1];
  return { ...(now === undefined ? {} : { now: Number(now) }), files };
}
