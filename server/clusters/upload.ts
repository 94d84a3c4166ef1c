import { randomBytes } from 'node:crypto';
import { digest } from '../model/digest.ts';
import { UserError } from '../model/problem.ts';
import { shellQuote } from '../model/shell_quote.ts';
import type { Connection } from './connection.ts';
import { frame } from './frame.ts';
import { tarOf, type UploadFile } from './tar_of.ts';

export interface Uploaded {
  /** Paths that were new or different there. */
  sent: readonly string[];
  unchanged: readonly string[];
}

const TIMEOUT_MS = 120_000;

/** Puts the files below `root`: two commands whatever their number, one when nothing has changed. */
export async function uploadFiles(
  connection: Connection,
  root: string,
  files: readonly UploadFile[],
  signal?: AbortSignal,
): Promise<Uploaded> {
  refuseUnsafe(root, files);
  if (files.length === 0) return { sent: [], unchanged: [] };
  const there = await remoteDigests(connection, root, files, signal);
  const changed = files.filter(({ path, content }) => there.get(path) !== digest(content));
  if (changed.length > 0) await send(connection, root, changed, signal);
  const sent = new Set(changed.map(({ path }) => path));
  return { sent: [...sent], unchanged: files.map(({ path }) => path).filter((path) => !sent.has(path)) };
}

function refuseUnsafe(root: string, files: readonly UploadFile[]): void {
  if (!root.startsWith('/')) throw new UserError(`files cannot be put below ${JSON.stringify(root)}; give an absolute folder`);
  const seen = new Set<string>();
  for (const { path } of files) {
    const parts = path.split('/');
    // A backslash or a line end would be escaped in sha256sum's answer.
    if (/[\p{Cc}\\]/u.test(path) || parts.some((part) => part === '' || part === '.' || part === '..'))
      throw new UserError(`${JSON.stringify(path)} cannot be put below ${root}; use a relative path without ".."`);
    if (seen.has(path)) throw new UserError(`${path} is given twice; give each file once`);
    seen.add(path);
  }
}

async function remoteDigests(connection: Connection, root: string, files: readonly UploadFile[], signal: AbortSignal | undefined) {
  const asked = frame([{ name: 'digests', command: `cd ${shellQuote(root)} && xargs -0 sha256sum --` }]);
  const input = Buffer.from(files.map(({ path }) => `${path}\0`).join(''));
  const answer = asked.read(await connection.run(asked.command, { input, timeoutMs: TIMEOUT_MS, signal })).get('digests');
  const digests = new Map<string, string>();
  // Missing files are told on stderr and simply stand not in the list.
  for (const line of answer?.stdout.split('\n') ?? []) {
    const match = /^([0-9a-f]{64}) [ *](.+)$/.exec(line);
    if (match?.[1] !== undefined && match[2] !== undefined) digests.set(match[2], match[1]);
  }
  return digests;
}

/**
 * Unpacks each file beside its target and renames it into its place, so that nobody reads half a file. perl renames them all
 * in one process; where there is none, mv does it one by one.
 */
async function send(connection: Connection, root: string, files: readonly UploadFile[], signal: AbortSignal | undefined): Promise<void> {
  const nonce = randomBytes(6).toString('hex');
  const list = `.runwright-upload.${nonce}`;
  const archive = await tarOf([
    { path: list, content: files.map(({ path }) => `${path}\0`).join('') },
    ...files.map((file) => ({ ...file, path: `${file.path}.${nonce}` })),
  ]);
  const command = `set -e
mkdir -p -- ${shellQuote(root)}
cd -- ${shellQuote(root)}
trap '[ $? = 0 ] || while IFS= read -r -d "" f; do rm -f -- "$f.${nonce}"; done < ${list}; rm -f -- ${list}' EXIT
tar --no-same-owner -xmf -
if command -v perl >/dev/null; then
  perl -0ne 'BEGIN { $n = shift } chomp; rename "$_.$n", $_ or die "$_: $!\\n"' ${nonce} ${list}
else
  while IFS= read -r -d '' f; do mv -fT -- "$f.${nonce}" "$f"; done < ${list}
fi`;
  const asked = frame([{ name: 'upload', command }]);
  const answer = asked.read(await connection.run(asked.command, { input: archive, timeoutMs: TIMEOUT_MS, signal })).get('upload');
  if (answer?.code === 0) return;
  const said = answer?.stderr.trim().split('\n').slice(-3).join(' ') ?? '';
  throw new UserError(
    `files could not be put below ${root} on ${connection.where}: ${said}; check that folder, its rights and the free space`,
  );
}
