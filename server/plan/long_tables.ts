/** 1-based lines [from, to) of a table's body; its header is line `from - 2`. */
export interface RowRange {
  from: number;
  to: number;
}

// Below this many rows remark reads the table in no time.
export const LONG = 50;
const DELIMITER = /^ {0,3}\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*\|?[ \t]*$/;
// After a table's header, a line that starts so can be nothing but a row: no other block begins with a pipe or a letter.
const SURE_ROW = /^ {0,3}[|A-Za-z]/;

/** Bodies of what may be long tables. Only remark can tell whether they are: they could stand in a code block. */
export function cuttableTables(lines: readonly string[], long: number): RowRange[] {
  const found: RowRange[] = [];
  for (let at = 1; at < lines.length; at += 1) {
    const line = lines[at] ?? '';
    if (!line.includes('|') || !DELIMITER.test(line) || (lines[at - 1] ?? '').trim() === '') continue;
    let end = at + 1;
    while (end < lines.length && SURE_ROW.test(lines[end] ?? '')) end += 1;
    if (end - at - 1 > long) {
      found.push({ from: at + 2, to: end + 1 });
      at = end - 1;
    }
  }
  return found;
}

/** The text without those rows, and the way back from its line numbers. */
export function withoutRows(lines: readonly string[], cuts: readonly RowRange[]): { text: string; lineOf: (reduced: number) => number } {
  if (cuts.length === 0) return { text: lines.join('\n'), lineOf: (line) => line };
  const kept: string[] = [];
  let next = 1;
  for (const { from, to } of cuts) {
    for (; next < from; next += 1) kept.push(lines[next - 1] ?? '');
    next = to;
  }
  for (; next <= lines.length; next += 1) kept.push(lines[next - 1] ?? '');
  const lineOf = (reduced: number): number => {
    let line = reduced;
    for (const { from, to } of cuts) if (line >= from) line += to - from;
    return line;
  };
  return { text: kept.join('\n'), lineOf };
}
