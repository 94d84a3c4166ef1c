/** The text with a generated part between its two marks, `<!-- name:begin -->` and `<!-- name:end -->`; everything else stays as it is. */
export function betweenMarks(text: string, name: string, part: string): string {
  const [first, last] = [`<!-- ${name}:begin -->`, `<!-- ${name}:end -->`];
  const begin = text.indexOf(first);
  const end = text.indexOf(last, begin);
  if (begin === -1 || end === -1)
    throw new Error(`the marks ${first} and ${last} are missing; put them, in this order, where the part belongs`);
  return `${text.slice(0, begin + first.length)}\n${part}\n${text.slice(end)}`;
}
