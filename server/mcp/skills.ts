import type { McpServer } from '@modelcontextprotocol/server';
import { SkillsExtension, skillEntry } from '@modelcontextprotocol/server/ext/skills';
import { SKILL_NAMES, skillFiles } from '../prompts/skill_files.ts';

type Entry = Awaited<ReturnType<typeof skillEntry>>;

/** The skills over the protocol (its skills extension). Their files are read when a client first asks for them. */
export function serveSkills(server: McpServer): void {
  let loaded: Promise<{ entries: Map<string, Entry>; texts: Map<string, string> }> | undefined;
  const skills = () => {
    loaded ??= load();
    return loaded;
  };
  new SkillsExtension({
    source: {
      list: async () => ({ skills: [...(await skills()).entries.values()] }),
      get: async (uri) => (await skills()).entries.get(uri),
      read: async (uri) => {
        const text = (await skills()).texts.get(uri);
        return text === undefined ? undefined : { text, mimeType: 'text/markdown' };
      },
      listResources: async () =>
        [...(await skills()).entries.values()].map(({ uri, frontmatter: { name, description } }) => ({
          uri,
          name,
          description,
          mimeType: 'text/markdown',
        })),
    },
  }).attach(server);
}

async function load() {
  const entries = new Map<string, Entry>();
  const texts = new Map<string, string>();
  for (const skill of SKILL_NAMES) {
    const files = skillFiles(skill);
    if (files['SKILL.md'] === undefined) continue;
    const entry = await skillEntry(skill, files);
    entries.set(entry.uri, entry);
    for (const [path, text] of Object.entries(files)) texts.set(`skill://${skill}/${path}`, text);
  }
  return { entries, texts };
}
