import { closest, distance } from 'fastest-levenshtein';

const letters = (word: string): string => [...word].sort().join('');

/** The known word that was most likely meant, or undefined when none is near. */
export function nearest(word: string, known: readonly string[]): string | undefined {
  if (known.length === 0) return undefined;
  const lower = known.map((one) => one.toLowerCase());
  const candidate = closest(word.toLowerCase(), lower);
  // Half of a short word changed is another word, unless its letters only changed places.
  const short = candidate.length <= 4 && letters(word.toLowerCase()) !== letters(candidate);
  const allowed = short ? 1 : Math.max(2, Math.floor(candidate.length / 3));
  return distance(word.toLowerCase(), candidate) <= allowed ? known[lower.indexOf(candidate)] : undefined;
}

/** `did you mean "x"?`, or the whole short list when nothing is near. */
export function didYouMean(word: string, known: readonly string[]): string {
  const candidate = nearest(word, known);
  if (candidate !== undefined) return `did you mean "${candidate}"?`;
  const shown = known.slice(0, 12).join(', ');
  return known.length > 12 ? `known: ${shown}, ...` : `known: ${shown}`;
}
