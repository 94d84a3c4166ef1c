import type { Problem } from '../model/problem.ts';
import { plain } from './terminal.ts';

/** Each problem on its own line, with its mend below it. */
export const problemLines = (problems: readonly Problem[] = []): string[] =>
  problems.flatMap(({ severity, where, what, fix }) => [plain(`${severity}: ${where}: ${what}`), plain(`  ${fix}`)]);
