import { misspeltModel, modelsOfFamily, untunedModel } from '../../../model/model_kin.ts';
import { DEFAULT_VERSION } from '../versions/dialect.ts';
import { V0_6_1 } from '../versions/v0_6_1.ts';

/** What a nightly adds to 0.6.1, by the names of its folders: `Qwen3-0.6B` and the like. */
export const QWEN3_SIZES = ['0.6B', '1.7B', '4B', '8B', '14B', '32B'];

const listed = (words: readonly string[], last: string): string => words.join(', ').replace(/, ([^,]*)$/, ` ${last} $1`);

/** `Llama`, `Qwen` and so on, each once. */
function families(known: readonly string[]): string[] {
  const found = new Map<string, string>();
  for (const name of known) {
    const [word = ''] = /^[A-Za-z]+/.exec(name.replace(/^Meta-/, '')) ?? [];
    if (!found.has(word.toLowerCase())) found.set(word.toLowerCase(), word);
  }
  return [...found.values()];
}

/** Why nothing is known of a model, and how it can be trained all the same. Another model is never taken for a misspelling of it. */
export function unknownModel(
  { version, known_models: known }: { version: string; known_models: readonly string[] },
  name: string,
): { what: string; fix: string } {
  const what = `torchtune${version === DEFAULT_VERSION ? '' : ` ${version}`} does not know the model "${name}"`;
  if (version !== DEFAULT_VERSION && V0_6_1.canonicalModel(name) !== undefined) {
    const fix = `${DEFAULT_VERSION} knows it: set framework_version to ${DEFAULT_VERSION} in the plan's front matter where that is installed`;
    return { what, fix };
  }
  const meant = misspeltModel(name, known);
  if (meant !== undefined) return { what, fix: `did you mean "${meant}"?` };
  if (version === DEFAULT_VERSION && /qwen-?3(?![.\d])/i.test(name)) {
    const fix = `a nightly of 0.7 knows Qwen3 of ${listed(QWEN3_SIZES, 'and')}: set framework_version to nightly in the plan's front matter where one is installed`;
    return { what, fix };
  }
  const row = 'give it a row in Models with its path and';
  const sizes = /llama-?3/i.test(name) ? '; one that is built as Llama 3 in another size has the builder llama3 and its sizes there' : '';
  const base = untunedModel(name, known);
  if (base !== undefined) return { what, fix: `where it was tuned from ${base}, ${row} ${base} as its builder${sizes}` };
  const kin = modelsOfFamily(name, known);
  if (kin.length > 0) {
    const fix = `of its family torchtune knows ${listed(kin, 'and')}: where it was tuned from one of them, ${row} that one as its builder${sizes}`;
    return { what, fix };
  }
  return {
    what,
    fix: `name a model of ${listed(families(known), 'or')}; or ${row}, as its builder, the known model that it was tuned from, or llama3 with its sizes`,
  };
}
