import { RULE_GROUPS } from '../server/frameworks/torchtune/rules/check.ts';
import { wordInPlan } from '../server/frameworks/torchtune/rules/check_plan.ts';
import { RULES_OF_0_6_1 } from '../server/frameworks/torchtune/rules/only_0_6_1.ts';
import { RULES_OF_NIGHTLY } from '../server/frameworks/torchtune/rules/only_nightly.ts';
import type { Rule } from '../server/frameworks/torchtune/rules/rule.ts';

/** The rules of a torchtune config, each with its reason and its words. */
export const ruleTables = (): string =>
  Object.entries({ ...RULE_GROUPS, 'Of 0.6.1 alone': RULES_OF_0_6_1, 'Of nightly alone': RULES_OF_NIGHTLY })
    .map(([title, rules]) => [`## ${title}`, '', ...rows(rules)].join('\n'))
    .join('\n\n');

const rows = (rules: readonly Rule[]): string[] => [
  '| rule | why | what torchtune does by itself | our message |',
  '|---|---|---|---|',
  ...rules.map(
    (rule) => `| ${[named(rule), rule.why, rule.torchtune, `${shown(rule.what)}; ${shown(rule.fix)}`].map(inCell).join(' | ')} |`,
  ),
];

const named = ({ name, weight }: Rule): string => (weight === undefined ? `\`${name}\`` : `\`${name}\` (${weight})`);

const isKey = (name: string): boolean => name.includes('.') || wordInPlan(name) !== name;

/** The keys as a plan says them; what differs from case to case as \`<name>\`. */
const shown = (text: string): string =>
  text.replace(/\{(=?)([\w.]+)\}/g, (_, value: string, name: string) =>
    value === '' && isKey(name) ? wordInPlan(name) : value === '' ? `\`<${name}>\`` : '`<value>`',
  );

const inCell = (text: string): string => text.replaceAll('|', '\\|');
