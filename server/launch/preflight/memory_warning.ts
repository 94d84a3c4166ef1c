import type { ConfigFacts, Framework } from '../../model/framework.ts';
import { inPlan } from '../../model/plan.ts';
import type { Problem } from '../../model/problem.ts';
import { gpuMemory } from '../../slurm/gpu_memory.ts';
import { mergedProblems } from '../merged_problems.ts';
import { askedGpus } from './earlier_runs.ts';
import type { TrainedRun } from './inputs.ts';

/** Of all runs, by what their scripts ask for; runs alike are told once. */
export const memoryWarnings = (runs: readonly (TrainedRun & { script: string })[], framework: Framework): Problem[] =>
  mergedProblems(
    runs.flatMap(({ run, config, facts, script }) =>
      memoryWarning({ where: inPlan(run.at), config, facts, ...askedGpus(script) }, framework).map((problem) => ({
        problem,
        run: run.name,
      })),
    ),
  );

/** No GPU gives all of its memory to one process. */
const USABLE = 0.95;
/** The largest GPU that is commonly to be had: above it, a fit is unlikely whatever the site has. */
const LARGEST = 141;

/** When a run's own numbers make it likely that a device runs out of memory: what it needs, and what would need less. */
export function memoryWarning(
  run: { where: string; config: string; facts: ConfigFacts; gpu_type?: string | undefined; constraint?: string | undefined },
  framework: Framework,
): Problem[] {
  const needed = run.facts.device_memory_gib;
  if (needed === undefined) return [];
  const has = gpuMemory(run.gpu_type, run.constraint) ?? { least: LARGEST, most: LARGEST };
  const room = has.most * USABLE;
  if (needed <= room && needed <= has.least * USABLE) return [];
  const about = `about ${Math.ceil(needed)} GiB of a GPU's memory (an estimate, good to about a quarter)`;
  const name = run.gpu_type ?? run.constraint ?? 'GPU';
  if (needed <= room)
    return [
      {
        severity: 'warning',
        where: run.where,
        what: `the training needs ${about}: it fits the ${name} of ${has.most} GiB, not the one of ${has.least} GiB`,
        fix: `ask for the larger one with constraint or gpu_type, if the site tells them apart; or ${mends(run.config, has.least * USABLE, framework)}`,
      },
    ];
  return [
    {
      severity: 'warning',
      where: run.where,
      what: `the training needs ${about}, and ${gpuMemory(run.gpu_type, run.constraint) === undefined ? `few GPUs have more than ${LARGEST}` : `${name} has ${has.most}`}: it will likely run out of memory`,
      fix: mends(run.config, room, framework),
    },
  ];
}

const mends = (config: string, room: number, framework: Framework): string => {
  const ways = framework
    .memoryMends(config, room)
    .map(
      ({ change, device_memory_gib }) =>
        `${change} (then about ${Math.ceil(device_memory_gib)} GiB${device_memory_gib > room ? ', still too much alone' : ''})`,
    );
  return ways.length === 0 ? 'use a smaller model or more GPUs' : `with the effective batch unchanged: ${ways.join('; or ')}`;
};
