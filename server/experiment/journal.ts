import { closeSync, existsSync, fsyncSync, openSync, readFileSync, truncateSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { errorCode, fileError, makeFolder } from '../model/files.ts';
import type { Change } from '../model/framework.ts';
import { UserError } from '../model/problem.ts';

/** The record of what was done: appended and on the disk before anything that an entry announces happens. */
export type JournalEntry = { t: string } & (
  | {
      kind: 'intent';
      run: string;
      attempt: number;
      token: string;
      job_name: string;
      /** The token of the array that the attempt goes in, and its index there. */
      array?: string;
      task?: number;
      cluster: string;
      preflight_id: string;
      config_sha256: string;
      script_sha256: string;
      /** Only of an attempt with files of its own: those of the plan that they were made from. */
      plan_config_sha256?: string | undefined;
      plan_script_sha256?: string | undefined;
      /** Everything in which the attempt differs from the plan. */
      changes?: readonly Change[] | undefined;
      /** The checkpoint that it goes on from. */
      resumed_from?: string | undefined;
      /** How often its config was made to need less memory. */
      eased?: number | undefined;
      /** What its script asks for. */
      time_limit?: string | undefined;
      mem?: string | undefined;
    }
  /** Certainly not submitted: it waits for room in the queue, and a later intent of the same token sends it. */
  | { kind: 'waiting'; token: string; message: string }
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

/** The texts that an entry of each kind must have: without one of them it is damaged. */
const NEEDS = new Map([
  ['intent', ['run', 'job_name', 'cluster', 'preflight_id']],
  ['waiting', ['message']],
  ['submitted', ['job_id']],
  ['refused', ['message']],
  ['uncertain', ['message']],
  ['seen', ['state']],
]);

/** Every entry, oldest first. A torn last line (a crash in mid-write) is dropped and told; damage elsewhere stops us. */
export function readJournal(experimentDir: string): { entries: JournalEntry[]; torn: boolean } {
  const path = journalPath(experimentDir);
  const text = textOf(path);
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
  // Whole but for its line's end, as an editor may leave it: what it announces counts.
  const whole = last === '' ? undefined : parseLine(last);
  if (whole !== undefined) entries.push(whole);
  return { entries, torn: last !== '' && whole === undefined };
}

/** Only a journal that is not there means that nothing was launched: one that cannot be read must stop us. */
function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return '';
    throw fileError(error, path);
  }
}

function parseLine(line: string): JournalEntry | undefined {
  try {
    const value: unknown = JSON.parse(line);
    if (typeof value !== 'object' || value === null) return undefined;
    const entry = value as Record<string, unknown>;
    const texts = NEEDS.get(String(entry.kind));
    const sound = texts !== undefined && [...texts, 't', 'token'].every((key) => typeof entry[key] === 'string');
    return sound && (entry.kind !== 'intent' || Number.isInteger(entry.attempt)) ? (value as JournalEntry) : undefined;
  } catch {
    return undefined;
  }
}

/** Appends and waits until the disk has it. A torn last line is cut off first, so that it can never run into ours. */
export function appendJournal(experimentDir: string, entries: readonly JournalEntry[]): void {
  if (entries.length === 0) return;
  const path = journalPath(experimentDir);
  makeFolder(dirname(path));
  try {
    const fresh = !existsSync(path);
    if (!fresh) cutTornLine(path);
    appendWhole(path, Buffer.from(entries.map((entry) => `${JSON.stringify(entry)}\n`).join('')));
    if (fresh) syncFolder(dirname(path));
  } catch (error) {
    throw fileError(error, path);
  }
}

/** A disk that fills up takes a part without a word, and refuses only when it is asked to take the rest. */
function appendWhole(path: string, bytes: Uint8Array): void {
  const file = openSync(path, 'a');
  try {
    for (let done = 0; done < bytes.length; ) done += writeSync(file, bytes, done);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

function cutTornLine(path: string): void {
  const bytes = readFileSync(path);
  const end = bytes.lastIndexOf(0x0a) + 1;
  if (end === bytes.length) return;
  if (parseLine(bytes.toString('utf8', end)) === undefined) truncateSync(path, end);
  else appendWhole(path, Buffer.from('\n'));
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
