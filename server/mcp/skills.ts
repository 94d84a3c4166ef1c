import type { McpServer } from '@modelcontextprotocol/server';
import { SkillsExtension, skillEntry } from '@modelcontextprotocol/server/ext/skills';
import { SKILL_NAMES, skillText } from '../prompts/skill_files.ts';

const uriOf = (skill: string): string => `skill://${skill}/SKILL.md`;

/** The skills over the protocol (its skills extension). Their files are read when a client first asks for them. */
export function serveSkills(server: McpServer): void {
  let loaded: Promise<Map<string, { text: string; entry: Awaited<ReturnType<typeof skillEntry>> }>> | undefined;
  const skills = () => {
    loaded ??= load();
    return loaded;
  };
  new SkillsExtension({
    source: {
      list: async () => ({ skills: [...(await skills()).values()].map(({ entry }) => entry) }),
      get: async (uri) => (await skills()).get(uri)?.entry,
      read: async (uri) => {
        const skill = (await skills()).get(uri);
        return skill === undefined ? undefined : { text: skill.text, mimeType: 'text/markdown' };
      },
      listResources: async () =>
        [...(await skills()).values()].map(({ entry }) => ({
          uri: entry.uri,
          name: entry.frontmatter.name,
          description: entry.frontmatter.description,
          mimeType: 'text/markdown',
        })),
    },
  }).attach(server);
}

async function load() {
  const found = SKILL_NAMES.map(async (skill) => {
    const text = skillText(skill);
    return text === undefined ? [] : [[uriOf(skill), { text, entry: await skillEntry(skill, { 'SKILL.md': text }) }] as const];
  });
  return new Map((await Promise.all(found)).flat());
}
