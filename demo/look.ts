import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';

/** What the files of one run tell. */
export interface RunLook {
  run: string;
  state: string;
  losses: readonly number[];
  /** The folder of the newest checkpoint that has weights. */
  checkpoint?: string;
}

const LOSS = /^Step \d+ \| .*?\bloss:(\S+)/gm;

export function readLosses(metrics: string): number[] {
  return [...metrics.matchAll(LOSS)].map((match) => Number(match[1]));
}

const textOf = (path: string): string => (existsSync(path) ? readFileSync(path, 'utf8') : '');

/** States as the server recorded them in runs_status.yaml. */
export function readStates(statusText: string): ReadonlyMap<string, string> {
  const status: unknown = parse(statusText);
  if (typeof status !== 'object' || status === null || !('runs' in status)) return new Map();
  return new Map(
    Object.entries(status.runs ?? {}).map(([run, entry]: [string, unknown]) => {
      const state = typeof entry === 'object' && entry !== null && 'state' in entry ? entry.state : undefined;
      return [run, typeof state === 'string' ? state : 'unknown'];
    }),
  );
}

/** A checkpoint counts when its adapter's weights are on disk. */
function newestCheckpoint(artifacts: string): string | undefined {
  if (!existsSync(artifacts)) return undefined;
  return readdirSync(artifacts)
    .filter((name) => /^epoch_\d+$/.test(name) && existsSync(join(artifacts, name, 'adapter_model.safetensors')))
    .sort((one, other) => Number(other.slice(6)) - Number(one.slice(6)))
    .map((name) => join(artifacts, name))[0];
}

/** `jobsDir` is where the jobs write: the experiment itself under `local`, its copy on the cluster otherwise. */
export function look(experimentDir: string, jobsDir: string, runs: readonly string[]): RunLook[] {
  const states = readStates(textOf(join(experimentDir, 'runs_status.yaml')));
  return runs.map((run) => {
    const checkpoint = newestCheckpoint(join(jobsDir, run, 'artifacts'));
    return {
      run,
      state: states.get(run) ?? 'unknown',
      losses: readLosses(textOf(join(jobsDir, run, 'logs', 'metrics.log'))),
      ...(checkpoint === undefined ? {} : { checkpoint }),
    };
  });
}
