import { SETTINGS } from '../server/model/settings.ts';

/** The vocabulary of a plan, as the skill plan-runs refers to it. */
export const settingTables = (): string =>
  ['## Of the training', '', ...rows('training'), '', '## Of the job', '', ...rows('job')].join('\n');

function rows(side: 'training' | 'job'): string[] {
  const known = Object.entries(SETTINGS).filter(([, setting]) => setting.side === side);
  return [
    '| setting | what it is | value |',
    '|---|---|---|',
    ...known.map(([name, { meaning, range }]) => `| \`${name}\` | ${meaning} | ${range.replaceAll('|', '\\|')} |`),
  ];
}
