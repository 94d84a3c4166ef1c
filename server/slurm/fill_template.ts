import { readFileSync } from 'node:fs';
import mustache from 'mustache';
import { templatePath } from '../model/template_folder.ts';

export type TemplateView = Readonly<Record<string, string | boolean | readonly Readonly<Record<string, string>>[] | undefined>>;

interface Template {
  text: string;
  names: readonly string[];
}

const read = new Map<string, Template>();

function templateNamed(name: string): Template {
  const known = read.get(name);
  if (known !== undefined) return known;
  const text = readFileSync(templatePath(name), 'utf8');
  const template = { text, names: topNames(mustache.parse(text) as Token[]) };
  read.set(name, template);
  return template;
}

type Token = [kind: string, value: string, start: number, end: number, children?: Token[]];

const topNames = (tokens: readonly Token[]): string[] => tokens.filter(([kind]) => kind !== 'text').map(([, value]) => value);

/** Nothing is escaped here: the caller's view holds finished shell words. A name that the view lacks is a fault of ours, told at once. */
export function fillTemplate(name: string, view: TemplateView): string {
  const template = templateNamed(name);
  const missing = template.names.filter((word) => !Object.hasOwn(view, word));
  if (missing.length > 0) throw new Error(`templates/${name} names ${missing.join(', ')}, which nothing fills`);
  return mustache.render(template.text, view, {}, { escape: (value: unknown) => String(value) });
}
