import { seededRandom } from './seeded_random.ts';

export interface WordRow {
  input: string;
  output: string;
}

const CONSONANTS = 'bcdfghklmnprstvz';
const VOWELS = 'aeiou';

/** Different words of `length` letters that can be spoken, each with its capitalised form. The same every time. */
export function wordRows(length: number, count: number): WordRow[] {
  const random = seededRandom(length * 1000 + 7);
  const letter = (letters: string): string => letters.charAt(Math.floor(random() * letters.length));
  const words = new Set<string>();
  while (words.size < count) {
    const first = random() < 0.7 ? 0 : 1;
    let word = '';
    while (word.length < length) word += letter((word.length + first) % 2 === 0 ? CONSONANTS : VOWELS);
    words.add(word);
  }
  return [...words].map((word) => ({ input: word, output: word.charAt(0).toUpperCase() + word.slice(1) }));
}

/** One row a line, so that the file can be read by eye. */
export const wordsFile = (length: number, count: number): string =>
  `[\n${wordRows(length, count)
    .map((row) => JSON.stringify(row))
    .join(',\n')}\n]\n`;
