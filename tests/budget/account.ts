import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestClient } from '../client/clients.ts';
import { answerOf } from '../client/stages.ts';
import { tokens } from '../support/tokens.ts';

const SKILLS = join(import.meta.dirname, '../../.claude/skills');

/** What a conversation costs a model: the list of tools once, the skills that it reads, its calls, and their results. */
export class Account {
  readonly #rows: { what: string; said: number; heard: number }[] = [];
  readonly #client: TestClient;
  calls = 0;

  constructor(client: TestClient) {
    this.#client = client;
  }

  /** What a model is given of the tools: their output schemas and annotations are for clients. */
  async readTools(): Promise<void> {
    const list = (await this.#client.tools()).map(({ name, description, inputSchema }) => ({ name, description, inputSchema }));
    this.#rows.push({ what: `${list.length} tools`, said: 0, heard: tokens(list) });
  }

  readSkill(skill: string): void {
    this.#rows.push({ what: `skill ${skill}`, said: 0, heard: tokens(readFileSync(join(SKILLS, skill, 'SKILL.md'), 'utf8')) });
  }

  async call(tool: string, input: Record<string, unknown>, timeout?: number) {
    const answer = await answerOf(this.#client, tool, input, timeout);
    this.calls += 1;
    this.#rows.push({ what: tool, said: tokens({ name: tool, arguments: input }), heard: tokens(answer) });
    return answer;
  }

  get total(): number {
    return this.#rows.reduce((sum, { said, heard }) => sum + said + heard, 0);
  }

  /** As a table for people. */
  get text(): string {
    const lines = this.#rows.map(({ what, said, heard }) => `${what.padEnd(32)}${String(said).padStart(6)}${String(heard).padStart(8)}`);
    return [`${''.padEnd(32)}  said   heard`, ...lines, `${this.calls} calls, ${this.total} tokens`].join('\n');
  }
}

/** Every skill of the pipeline is read, each before its stage. */
export async function throughPipeline(account: Account, experiment: { experiment_dir: string } & Record<string, unknown>) {
  const { experiment_dir } = experiment;
  await account.readTools();
  account.readSkill('plan-runs');
  await account.call('plan_runs', experiment, 300_000);
  for (const tool of ['setup_experiment_dirs', 'create_torchtune_config', 'generate_slurm_script']) {
    account.readSkill(tool.replaceAll('_', '-'));
    await account.call(tool, { experiment_dir }, 300_000);
  }
  account.readSkill('launch-runs');
  const { preflight_id } = await account.call('preflight_runs', { experiment_dir }, 300_000);
  return String(preflight_id);
}
