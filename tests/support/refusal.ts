import { lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join, relative } from 'node:path';
import { expect } from 'vitest';
import { ConnectionError } from '../../server/clusters/connection.ts';
import { UserError } from '../../server/model/problem.ts';

/** Every folder, link and file below `dir`, with the bytes and the modes. */
export function snapshot(dir: string): Record<string, string> {
  const names = readdirSync(dir, { recursive: true, encoding: 'utf8' }).sort();
  return Object.fromEntries(names.map((name) => [name, look(join(dir, name))]));
}

function look(path: string): string {
  const entry = lstatSync(path);
  const mode = (entry.mode & 0o7777).toString(8);
  if (entry.isSymbolicLink()) return `link to ${readlinkSync(path)}`;
  return entry.isDirectory() ? `folder ${mode}` : `file ${mode} ${readFileSync(path, 'latin1')}`;
}

/** The whole message of a refusal in a person's words, after which nothing below `dir` has changed. */
export async function refusal(dir: string, act: () => Promise<unknown>): Promise<string> {
  const before = snapshot(dir);
  const error = await act().then(
    (answer: unknown) => expect.fail(`it was not refused: ${JSON.stringify(answer)}`),
    (thrown: unknown) => thrown,
  );
  expect(snapshot(dir), 'nothing changed').toEqual(before);
  if (!(error instanceof UserError || error instanceof ConnectionError)) throw error;
  return error.message.replaceAll(`${dir}/`, '').replaceAll(dir, relative(dir, dir) || '~');
}
