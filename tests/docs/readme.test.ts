import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { betweenMarks } from '../../scripts/between_marks.ts';
import { ruleTables } from '../../scripts/rule_table.ts';
import { settingTables } from '../../scripts/setting_tables.ts';
import { toolSection, toolTable } from '../../scripts/tool_table.ts';
import { TOOLS } from '../../server/tools/catalogue.ts';

const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');

test("README's table of tools is what the catalogue makes", () => {
  expect(betweenMarks(readme, 'tools', toolSection(TOOLS))).toBe(readme);
});

test("the settings that the skill plan-runs refers to are the plan's", () => {
  const settings = readFileSync(new URL('../../.claude/skills/plan-runs/references/settings.md', import.meta.url), 'utf8');
  expect(betweenMarks(settings, 'settings', settingTables())).toBe(settings);
});

test('the page of the rules says what the rules say', () => {
  const page = readFileSync(new URL('../../docs/torchtune-rules.md', import.meta.url), 'utf8');
  expect(betweenMarks(page, 'rules', ruleTables())).toBe(page);
  expect(page).toContain(
    '| `warm-up-within-the-run` (warning) | A learning rate that rises to the last step never reaches its peak. | Says nothing: the run trains below lr from its first step to its last. | ' +
      "warmup_steps `<value>` is not shorter than the run's `<steps>` steps, so the learning rate never reaches lr; use at most `<most>` |",
  );
});

test('a row has the name, the first sentence, and what the annotations say', () => {
  const [tool] = TOOLS;
  if (tool === undefined) throw new Error('the catalogue is empty');
  const one = { ...tool, name: 'a_tool', description: 'Reads finetune.yaml | more. It writes nothing.' };
  expect(toolTable([one])).toBe(
    '| tool | what it does | touches |\n|---|---|---|\n| `a_tool` | Reads finetune.yaml \\| more. | reads the cluster |',
  );
});

test('only the text between the marks is replaced, and missing marks are named', () => {
  expect(betweenMarks('a\n<!-- tools:begin -->\nold\n<!-- tools:end -->\nb\n', 'tools', 'new')).toBe(
    'a\n<!-- tools:begin -->\nnew\n<!-- tools:end -->\nb\n',
  );
  expect(() => betweenMarks('a', 'tools', 'new')).toThrow(
    'the marks <!-- tools:begin --> and <!-- tools:end --> are missing; put them, in this order, where the part belongs',
  );
});
