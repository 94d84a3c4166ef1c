import { distance } from 'fastest-levenshtein';

/** Words of a name that tell what a model was tuned for, and not how it is built. */
const TUNING: ReadonlySet<string> = new Set(['instruct', 'chat', 'it', 'base', 'hf']);
/** Words that tell how large a model is, or what else it is made of. */
const BUILD: ReadonlySet<string> = new Set(['nano', 'tiny', 'mini', 'small', 'medium', 'large', 'moe', 'vision', 'vl']);
const FAMILY = 4;

interface Name {
  /** Letters and digits alone. */
  bare: string;
  words: readonly string[];
  /** Generation, size and the like, each with its unit: `3.2`, `1b`. */
  numbers: readonly string[];
}

/** `meta-llama/Meta-Llama-3-8B` as llama, 3, 8b: an owner is not the model's name. */
function read(name: string): Name {
  const own = name.slice(name.lastIndexOf('/') + 1).toLowerCase();
  const parts = (own.match(/\d+(?:\.\d+)?(?:[bkm](?![a-z]))?|[a-z]+/g) ?? []).filter((part) => part !== 'meta');
  return {
    bare: own.replace(/^meta\b/, '').replace(/[^a-z0-9]/g, ''),
    words: parts.filter((part) => /^[a-z]/.test(part)),
    numbers: parts.filter((part) => /^\d/.test(part)),
  };
}

const isNear = (a: string, b: string): boolean => a === b || distance(a, b) <= (b.length >= 5 ? 2 : b.length >= 3 ? 1 : 0);
const same = (a: readonly string[], b: readonly string[], equal: (x: string, y: string) => boolean): boolean =>
  a.length === b.length && a.every((one, index) => equal(one, b[index] ?? ''));
/** `1` may be a `1b` whose unit was forgotten; a `1k` it is not. */
const sameNumber = (a: string, b: string): boolean => a === b || (Number.parseFloat(a) === Number.parseFloat(b) && /\d$/.test(a));

/** The known model that `name` is a misspelling of. Another number is no misspelling: it is another model. */
export function misspeltModel(name: string, known: readonly string[]): string | undefined {
  const written = read(name);
  const meant = known.filter((one) => {
    const { bare, words, numbers } = read(one);
    return bare === written.bare || (same(written.numbers, numbers, sameNumber) && same(written.words, words, isNear));
  });
  return meant.sort((a, b) => distance(a.toLowerCase(), name.toLowerCase()) - distance(b.toLowerCase(), name.toLowerCase()))[0];
}

/** The known models of the generation and size of `name`, which may have been tuned from one of them: the likest. */
export function untunedModel(name: string, known: readonly string[]): string | undefined {
  const written = read(name);
  const meant = known.filter((one) => {
    const { words, numbers } = read(one);
    const lacks = words.filter((word) => !TUNING.has(word) && !written.words.some((own) => isNear(own, word)));
    const adds = written.words.filter((word) => BUILD.has(word) && !words.includes(word));
    return lacks.length + adds.length === 0 && same(written.numbers, numbers, (a, b) => a === b);
  });
  return meant.sort((a, b) => distance(a.toLowerCase(), name.toLowerCase()) - distance(b.toLowerCase(), name.toLowerCase()))[0];
}

/** A few known models that share a word with `name`: those of its generation first, then those of its size. */
export function modelsOfFamily(name: string, known: readonly string[]): readonly string[] {
  const written = read(name);
  const likeness = new Map<string, number>();
  for (const one of known) {
    const { words, numbers } = read(one);
    if (!words.some((word) => word.length >= 3 && !TUNING.has(word) && !BUILD.has(word) && written.words.includes(word))) continue;
    const sizes = written.numbers.slice(1).filter((number) => numbers.includes(number)).length;
    likeness.set(one, (written.numbers[0] === numbers[0] ? FAMILY : 0) + sizes);
  }
  return [...likeness.keys()].sort((a, b) => (likeness.get(b) ?? 0) - (likeness.get(a) ?? 0)).slice(0, FAMILY);
}
