import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { TOOLS } from '../../server/tools/catalogue.ts';

const SKILLS = join(import.meta.dirname, '..', '..', '.claude', 'skills');

const STAGES: Readonly<Record<string, readonly string[]>> = {
  'set-up-cluster': ['check_cluster', 'add_cluster'],
  'plan-runs': ['plan_runs'],
  'setup-experiment-dirs': ['setup_experiment_dirs'],
  'create-torchtune-config': ['create_torchtune_config'],
  'generate-slurm-script': ['generate_slurm_script'],
  'launch-runs': ['preflight_runs', 'launch_runs'],
  'monitor-jobs': ['monitor_jobs', 'diagnose_runs', 'read_job_log', 'cancel_runs', 'experiment_status'],
};

const NAMES: ReadonlySet<string> = new Set(TOOLS.map(({ name }) => name));

/** Settings, and fields of a profile, that skills name. */
const OTHER_WORDS = [
  'lora_rank',
  'batch_size',
  'teacher_model',
  'kd_ratio',
  'chosen_column',
  'rejected_column',
  'identity_file',
  'known_hosts',
  'models_dir',
  'framework_version',
];

interface Skill {
  front: Record<string, unknown>;
  body: string;
  text: string;
}

function readSkill(name: string): Skill {
  const text = readFileSync(join(SKILLS, name, 'SKILL.md'), 'utf8');
  const match = /^---\n(.*?)\n---\n(.*)$/s.exec(text);
  const front: unknown = parse(match?.[1] ?? '');
  expect(front).toBeTypeOf('object');
  return { front: { ...(front as object) }, body: match?.[2] ?? '', text };
}

it('covers every tool of the catalogue, each in one skill', () => {
  expect(Object.values(STAGES).flat().sort()).toEqual([...NAMES].sort());
});

it('has one skill for each stage, and no other', () => {
  expect(readdirSync(SKILLS).sort()).toEqual(Object.keys(STAGES).sort());
});

describe.each(Object.entries(STAGES))('the skill %s', (name, tools) => {
  it('lies in a file whose name is SKILL.md in capitals, since other spellings are not found on Linux', () => {
    expect(readdirSync(join(SKILLS, name)).filter((file) => file !== 'references')).toEqual(['SKILL.md']);
  });

  it('has the front matter of the open format and nothing else', () => {
    const { front } = readSkill(name);
    expect(Object.keys(front)).toEqual(['name', 'description', 'license', 'metadata']);
    expect(front.name).toBe(name);
    expect(front.license).toBe('MIT');
  });

  it('says in its description what it does and when to use it', () => {
    const description = String(readSkill(name).front.description);
    expect(description).toMatch(/\. Use when /);
    expect(description.length).toBeLessThanOrEqual(1024);
  });

  it('is short: under 4,800 characters, about 1,200 tokens', () => {
    expect(readSkill(name).text.length).toBeLessThan(4800);
  });

  it('names its tools in every form in which a client lists them', () => {
    const { body } = readSkill(name);
    for (const tool of tools) {
      expect(body).toContain(`- \`${tool}\`: in a project \`mcp__runwright__${tool}\``);
      expect(body).toContain(`\`mcp__plugin_runwright_runwright__${tool}\``);
    }
    expect(body).toContain(`the \`${tools[0]}\` tool of the runwright server`);
  });

  it('names no tool that is not there', () => {
    const named = [...readSkill(name).body.matchAll(/mcp__(?:plugin_runwright_)?runwright__([a-z_]+)/g)].map((match) => match[1]);
    expect(named.filter((tool) => !NAMES.has(tool ?? ''))).toEqual([]);
    expect(named.length).toBe(tools.length * 2);
  });

  it('names in code no tool, and calls no argument, that is not there', () => {
    const code = [...readSkill(name).body.matchAll(/`([a-z]+(?:_[a-z]+)+)`/g)].map((match) => match[1] ?? '');
    const known = [
      ...NAMES,
      ...TOOLS.flatMap(({ input, output }) => [...Object.keys(input.shape), ...Object.keys(output.shape)]),
      ...OTHER_WORDS,
    ];
    expect(code.filter((word) => !known.includes(word))).toEqual([]);
  });

  it('has every part in its order, and stands in bold in the workflow', () => {
    const { body } = readSkill(name);
    const headings = [...body.matchAll(/^## (.+)$/gm)].map((match) => match[1]);
    expect(headings).toEqual(['Place in the workflow', 'Prerequisites', 'Quick Start', 'Steps', 'Problems', 'Next']);
    expect(body).toMatch(/^\*\*Makes\*\*: /m);
    expect(body).toMatch(/^\*\*Does not make\*\*: /m);
    const place = /^## Place in the workflow\n\n(.*)$/m.exec(body)?.[1];
    expect(place).toContain(`**${name}**`);
    expect(place?.replaceAll('*', '').split(' -> ')).toEqual(Object.keys(STAGES));
  });

  it('refers to every file of its references/, and to none that is not there', () => {
    const folder = join(SKILLS, name, 'references');
    const there = existsSync(folder) ? readdirSync(folder).map((file) => `references/${file}`) : [];
    const named = [...readSkill(name).body.matchAll(/\]\((references\/[^)]+)\)/g)].map((match) => match[1]);
    expect(named).toEqual(there);
  });
});
