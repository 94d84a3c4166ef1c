import { given, type TestClient } from './clients.ts';

type Answer = Record<string, unknown> & { summary: string };

/** Calls a tool that must answer; a refusal is thrown with its text. */
export async function answerOf(client: TestClient, tool: string, input: Record<string, unknown>, timeout = 60_000): Promise<Answer> {
  const answer = given(await client.call(tool, input, { timeout }));
  if (typeof answer === 'string') throw new Error(`${tool}: ${answer}`);
  return answer as Answer;
}

/** From the plan to the scripts. */
export async function prepare(client: TestClient, experiment: { experiment_dir: string; plan: Record<string, unknown> }): Promise<void> {
  const { experiment_dir } = experiment;
  await answerOf(client, 'plan_runs', experiment);
  for (const tool of ['setup_experiment_dirs', 'create_torchtune_config', 'generate_slurm_script'])
    await answerOf(client, tool, { experiment_dir });
}

/** Preflight and launch; the id that launched. */
export async function launch(client: TestClient, experiment_dir: string): Promise<string> {
  const { preflight_id } = await answerOf(client, 'preflight_runs', { experiment_dir });
  await answerOf(client, 'launch_runs', { experiment_dir, preflight_id });
  return String(preflight_id);
}

export const untilDone = (client: TestClient, experiment_dir: string): Promise<Answer> =>
  answerOf(client, 'monitor_jobs', { experiment_dir, wait_seconds: 100, until: 'done' }, 110_000);
