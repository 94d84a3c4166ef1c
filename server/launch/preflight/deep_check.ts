import { z } from 'zod';
import { runPython } from '../../clusters/python_program.ts';
import type { Framework } from '../../model/framework.ts';
import type { Problem } from '../../model/problem.ts';
import { mergedProblems } from '../merged_problems.ts';
import type { Cluster } from '../open_cluster.ts';
import type { TrainedRun } from './inputs.ts';
import { lastLine } from './site_look.ts';

/** The import of torch alone takes many seconds on a cold disk. */
const TIMEOUT_MS = 300_000;

const verdicts = z.object({
  torchtune: z.string(),
  checked: z.number(),
  refused: z.array(z.object({ name: z.string(), faults: z.array(z.string()) })),
});

export interface DeepCheck {
  /** In a sentence: what was judged by what, or why it was not. */
  said: string;
  problems: Problem[];
}

/** The framework itself judges the configs, on the cluster, in one process for all of them. */
export async function deepCheck(
  { framework }: { framework: Framework },
  cluster: Pick<Cluster, 'profile' | 'connection'>,
  runs: readonly TrainedRun[],
  signal: AbortSignal,
): Promise<DeepCheck> {
  const configs = runs.map(({ run, config }) => ({ name: run.name, text: config }));
  const files = [framework.deep_check];
  const answer = await runPython(cluster.connection, {
    setup: cluster.profile.setup,
    files,
    request: { configs },
    timeoutMs: TIMEOUT_MS,
    signal,
  });
  if ('not_run' in answer) return notDone(cluster.profile.name, framework.name, answer.not_run);
  const { torchtune, checked, refused } = verdicts.parse(JSON.parse(lastLine(answer.text)));
  const problems = refused.flatMap(({ name, faults }) =>
    faults.map((fault) => ({
      run: name,
      problem: {
        severity: 'error' as const,
        where: `${name}/${framework.config_file}`,
        what: `${framework.name} ${torchtune} on ${cluster.profile.name} refuses it: ${fault.slice(0, 500)}`,
        fix: `mend the plan and run \`${framework.config_tool}\` again, or mend the file`,
      },
    })),
  );
  const said = `${framework.name} ${torchtune} on ${cluster.profile.name} accepts ${checked - new Set(refused.map(({ name }) => name)).size} of ${checked} configs`;
  return { said, problems: mergedProblems(problems) };
}

function notDone(cluster: string, framework: string, why: string): DeepCheck {
  return {
    said: `not done: ${why}`,
    problems: [
      {
        severity: 'warning',
        where: `cluster ${cluster}`,
        what: `${framework} there could not judge the configs: ${why}`,
        fix: `see that the setup lines of ${cluster} in clusters.yaml give a python3 that has ${framework}; our own checks were made`,
      },
    ],
  };
}
