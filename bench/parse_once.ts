// Run in a fresh Node: `remark FILE` or `ours FILE`; prints { ms, mib } of that one parse.
import { readFileSync } from 'node:fs';

const [, , who, file] = process.argv;
const text = readFileSync(file ?? '', 'utf8');

async function parse(): Promise<number> {
  if (who === 'remark') {
    const [{ remark }, { default: gfm }, { default: frontmatter }] = await Promise.all([
      import('remark'),
      import('remark-gfm'),
      import('remark-frontmatter'),
    ]);
    const reader = remark().use(gfm).use(frontmatter);
    const begin = performance.now();
    reader.parse(text);
    return performance.now() - begin;
  }
  const { parsePlan } = await import('../server/plan/parse.ts');
  const { frameworkNamed } = await import('../server/frameworks/known.ts');
  const begin = performance.now();
  const { plan, problems } = await parsePlan(text, { framework: frameworkNamed, clusterNames: ['bench'] });
  if (plan === undefined) throw new Error(JSON.stringify(problems.slice(0, 3)));
  return performance.now() - begin;
}

const ms = await parse();
console.log(JSON.stringify({ ms, mib: process.resourceUsage().maxRSS / 1024 }));
