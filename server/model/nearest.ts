import { closest, distance } from 'fastest-levenshtein';

/** The known word that was most likely meant, or undefined when none is near. */
export function nearest(word: string, known: readonly string[]): string | undefined {
  if (known.length === 0) return undefined;
  const lower = known.map((one) => one.toLowerCase());
  const candidate = closest(word.toLowerCase(), lower);
  const allowed = Math.max(2, Math.floor(candidate.length / 3));
  return distance(word.toLowerCase(), candidate) <= allowed ? known[lower.indexOf(candidate)] : undefined;
}

/** `did you mean "x"?`, or the whole short list when nothing is near. */
export function didYouMean(word: string, known: readonly string[]): string {
  const candidate = nearest(word, known);
  if (candidate !== undefined) return `did you mean "${candidate}"?`;
  const shown = known.slice(0, 12).join(', ');
  return known.length > 12 ? `known: ${shown}, ...` : `known: ${shown}`;
}
