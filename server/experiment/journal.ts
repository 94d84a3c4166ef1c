import { closeSync, existsSync, fsyncSync, openSync, readFileSync, truncateSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { makeFolder } from '../model/files.ts';
import { UserError } from '../model/problem.ts';

/** The record of what was done: appended and on the disk before anything that an entry announces happens. */
export type JournalEntry = { t: string } & (
  | {
      kind: 'intent';
      run: string;
      attempt: number;
      token: string;
      job_name: string;
      cluster: string;
      preflight_id: string;
      config_sha256: string;
      script_sha256: string;
    }
  | { kind: 'submitted'; token: string; job_id: string }
  | { kind: 'refused'; token: string; message: string }
  | { kind: 'uncertain'; token: string; message: string }
  | {
      kind: 'seen';
      token: string;
      state: string;
      reason?: string | undefined;
      exit_code?: string | undefined;
      node?: string | undefined;
      started?: string | undefined;
      ended?: string | undefined;
    }
);

export const journalPath = (experimentDir: string): string => join(experimentDir, '.runwright', 'journal.jsonl');

const KINDS = new Set(['intent', 'submitted', 'refused', 'uncertain', 'seen']);

/** Every entry, oldest first. A torn last line (a crash in mid-write) is dropped and told; damage elsewhere stops us. */
export function readJournal(experimentDir: string): { entries: JournalEntry[]; torn: boolean } {
  const path = journalPath(experimentDir);
  if (!existsSync(path)) return { entries: [], torn: false };
  const text = readFileSync(path, 'utf8');
  const lines = text.split('\n');
  const last = lines.pop() ?? '';
  const entries = lines.map((line, index) => {
    const entry = parseLine(line);
    if (entry !== undefined) return entry;
    throw new UserError(
      `${path}:${index + 1}: this line is damaged, so it is not known which jobs were submitted; nothing was changed; ` +
        `restore the file from a backup, or, when you know that the line announced no job, delete that one line`,
    );
  });
  return { entries, torn: last !== '' };
}

function parseLine(line: string): JournalEntry | undefined {
  try {
    const value: unknown = JSON.parse(line);
    const sound =
      typeof value === 'object' && value !== null && 'kind' in value && 'token' in value && 't' in value && KINDS.has(String(value.kind));
    return sound ? (value as JournalEntry) : undefined;
  } catch {
    return undefined;
  }
}

/** Appends and waits until the disk has it. A torn last line is cut off first, so that it can never run into ours. */
export function appendJournal(experimentDir: string, entries: readonly JournalEntry[]): void {
  if (entries.length === 0) return;
  const path = journalPath(experimentDir);
  makeFolder(dirname(path));
  const fresh = !existsSync(path);
  if (!fresh) cutTornLine(path);
  const file = openSync(path, 'a');
  try {
    writeSync(file, entries.map((entry) => `${JSON.stringify(entry)}\n`).join(''));
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  if (fresh) syncFolder(dirname(path));
}

function cutTornLine(path: string): void {
  const bytes = readFileSync(path);
  const end = bytes.lastIndexOf(0x0a) + 1;
  if (end < bytes.length) truncateSync(path, end);
}

/** A new file's name is only safe once its folder is on the disk too. */
function syncFolder(path: string): void {
  const folder = openSync(path, 'r');
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}
