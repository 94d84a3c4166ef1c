import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { openServer, ToolRefusal } from './client.ts';
import { localCluster, writeProfile } from './cluster.ts';
import { devSlurm } from './dev_slurm.ts';
import { showEnding } from './ending.ts';
import { torchtunePython } from './environment.ts';
import { DEMO_RUNS, datasetName, demoPlan, WORD_LENGTHS, WORDS_EACH } from './experiment.ts';
import { newDemoFolder } from './places.ts';
import { bold, heading, say, showAnswer } from './show.ts';
import { goThroughStages } from './stages.ts';
import { DemoStop } from './stop.ts';
import { writeTinyModel } from './tiny_model.ts';
import { watch } from './watch.ts';
import { wordsFile } from './words.ts';

const USAGE = `npm run demo [-- --cluster]
  Four fine-tune runs and a base run of a tiny Llama 3, from a plan to checkpoints, under the real torchtune.
  --cluster   on the development Slurm over SSH (as root, with its packages) instead of this machine's processes`;

const namesOf = (type: 'fine-tune' | 'base'): string[] => DEMO_RUNS.filter((run) => run.type === type).map(({ run }) => run);

async function writeModelAndData(folder: string): Promise<{ modelDir: string; dataDir: string }> {
  const modelDir = join(folder, 'models', 'tiny-llama3');
  const dataDir = join(folder, 'data');
  const bytes = await writeTinyModel(modelDir);
  say(`Wrote a Llama 3 with two layers and random weights (${Math.round(bytes / 1e6)} MB): ${modelDir}`);
  mkdirSync(dataDir, { recursive: true });
  for (const length of WORD_LENGTHS) writeFileSync(join(dataDir, `${datasetName(length)}.json`), wordsFile(length, WORDS_EACH));
  say(`Wrote ${WORDS_EACH} words each of ${WORD_LENGTHS.join(', ')} letters to capitalise: ${dataDir}`);
  return { modelDir, dataDir };
}

async function demo(onCluster: boolean): Promise<boolean> {
  say(bold('runwright demo: a cross-evaluation experiment, from a plan to checkpoints'));
  const python = await torchtunePython();
  const demoDir = newDemoFolder(new Date());
  const experimentsRoot = join(demoDir, 'experiments');
  mkdirSync(experimentsRoot);
  const cluster = onCluster ? devSlurm(demoDir, python) : localCluster(demoDir, python);
  try {
    say(cluster.introduction);
    const { modelDir, dataDir } = await writeModelAndData(cluster.sharedDir);
    say(`Wrote the cluster profile: ${writeProfile(experimentsRoot, cluster)}`);
    const experiment = 'cap_cross_eval_tiny';
    const experimentDir = join(experimentsRoot, experiment);
    const watched = { experimentDir, jobsDir: cluster.jobsDir(experimentDir, experiment), runs: namesOf('fine-tune') };
    const session = await openServer(experimentsRoot);
    const started = Date.now();
    try {
      await goThroughStages(session, experimentDir, demoPlan(experiment, cluster.name, modelDir, dataDir));
      heading('Stage 6', 'monitor_jobs', 'watches the jobs to their end');
      showAnswer(await watch(session, watched));
    } finally {
      await session.close();
    }
    return showEnding(watched, namesOf('base'), (Date.now() - started) / 1000);
  } finally {
    cluster.close();
  }
}

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: { cluster: { type: 'boolean', default: false }, help: { type: 'boolean', short: 'h', default: false } },
  });
  if (values.help) {
    say(USAGE);
    return 0;
  }
  return (await demo(values.cluster)) ? 0 : 1;
}

try {
  process.exitCode = await main();
} catch (error) {
  const worded = error instanceof DemoStop || error instanceof ToolRefusal || (error instanceof TypeError && 'code' in error);
  console.error(worded ? error.message : error);
  process.exitCode = 1;
}
