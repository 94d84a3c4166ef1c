import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { stringify } from 'yaml';
import { shellQuote } from '../server/model/shell_quote.ts';

/** Where a demo trains. */
export interface DemoCluster {
  name: string;
  /** Said before the stages begin. */
  introduction: string;
  /** A folder that the jobs can read, for the model and the data. */
  sharedDir: string;
  /** Where the jobs of this experiment write, as seen from this machine. */
  jobsDir(experimentDir: string, experiment: string): string;
  profile: Readonly<Record<string, unknown>>;
  close(): void;
}

/** What makes `tune` available in a job, and keeps it to one core and to this machine. */
export const trainingSite = (python: string, huggingFaceHome: string): Record<string, unknown> => ({
  setup: [`export PATH=${shellQuote(dirname(python))}:"$PATH"`],
  env: { HF_HUB_OFFLINE: '1', OMP_NUM_THREADS: '1', HF_HOME: huggingFaceHome },
});

/** This machine, through the embedded scheduler. */
export const localCluster = (demoDir: string, python: string): DemoCluster => ({
  name: 'local',
  introduction: 'Jobs run as processes on this machine, under the embedded scheduler.',
  sharedDir: demoDir,
  jobsDir: (experimentDir) => experimentDir,
  profile: { connection: 'local', scheduler: 'process', ...trainingSite(python, join(demoDir, 'hugging-face')) },
  close: () => undefined,
});

/** The project's own profile, beside the experiments. */
export function writeProfile(experimentsRoot: string, cluster: DemoCluster): string {
  const path = join(experimentsRoot, 'clusters.yaml');
  writeFileSync(path, stringify({ [cluster.name]: cluster.profile }, { lineWidth: 0 }));
  return path;
}
