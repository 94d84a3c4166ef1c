import type { ServerSession, ToolAnswer } from './client.ts';
import { heading, showAnswer } from './show.ts';
import { DemoStop } from './stop.ts';

interface Stage {
  name: string;
  tool: string;
  does: string;
}

const STAGES: readonly Stage[] = [
  { name: 'Stage 2', tool: 'setup_experiment_dirs', does: 'makes a folder for each run' },
  { name: 'Stage 3', tool: 'create_torchtune_config', does: 'writes finetune.yaml for each fine-tune run' },
  { name: 'Stage 4', tool: 'generate_slurm_script', does: 'writes finetune.slurm for each fine-tune run' },
];

async function go(session: ServerSession, stage: Stage, input: Record<string, unknown>): Promise<ToolAnswer> {
  heading(stage.name, stage.tool, stage.does);
  const answer = await session.call(stage.tool, input);
  showAnswer(answer);
  return answer;
}

/** From the plan to submitted jobs, one tool of the server after the other. */
export async function goThroughStages(session: ServerSession, experimentDir: string, plan: Record<string, unknown>): Promise<void> {
  const experiment_dir = experimentDir;
  await go(session, { name: 'Stage 1', tool: 'plan_runs', does: 'writes runs_plan.md' }, { experiment_dir, plan });
  for (const stage of STAGES) await go(session, stage, { experiment_dir });
  const preflight: Stage = { name: 'Stage 5', tool: 'preflight_runs', does: 'checks everything and shows what would be submitted' };
  const checked = await go(session, preflight, { experiment_dir });
  const { preflight_id } = checked;
  if (typeof preflight_id !== 'string') throw new DemoStop('preflight_runs gave no preflight_id: see the problems above.');
  await go(session, { name: 'Stage 5', tool: 'launch_runs', does: 'submits what was checked' }, { experiment_dir, preflight_id });
}
