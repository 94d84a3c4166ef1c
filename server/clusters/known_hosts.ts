import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

/** One key of a known_hosts file. Source: sshd(8), SSH_KNOWN_HOSTS FILE FORMAT. */
export interface KnownHost {
  /** The first field, as written: patterns with commas, or `|1|salt|hash`. */
  hosts: string;
  type: string;
  /** Base64, as written. */
  key: string;
  revoked: boolean;
}

export type HostKeyVerdict =
  | { kind: 'known' }
  | { kind: 'revoked' }
  /** The host is known by another key of this type. */
  | { kind: 'changed' }
  /** Nothing is known, or only keys of other types. */
  | { kind: 'unknown'; other_types: readonly string[] };

/** Lines that cannot be read are passed over, as OpenSSH does. A certificate authority vouches for no plain key. */
export function readKnownHosts(text: string): readonly KnownHost[] {
  const known: KnownHost[] = [];
  for (const line of text.split(/\r?\n/)) {
    const fields = line.trim().split(/[ \t]+/);
    if (fields[0] === '' || fields[0]?.startsWith('#')) continue;
    const marker = fields[0]?.startsWith('@') ? fields.shift() : undefined;
    const [hosts, type, key] = fields;
    if (hosts === undefined || type === undefined || key === undefined) continue;
    if (marker === undefined || marker === '@revoked') known.push({ hosts, type, key, revoked: marker !== undefined });
  }
  return known;
}

/** How a host is written in the file: `[host]:port` unless the port is ssh's own. */
export const knownName = (host: string, port: number): string => (port === 22 ? host.toLowerCase() : `[${host.toLowerCase()}]:${port}`);

/** The key types known for the host, in the file's order. */
export const knownTypes = (known: readonly KnownHost[], name: string): readonly string[] => [
  ...new Set(known.filter((entry) => !entry.revoked && matchesHost(entry.hosts, name)).map((entry) => entry.type)),
];

/** Is `key` (the wire form) the host's? A revoked key is refused whatever else is said of it. */
export function judgeHostKey(known: readonly KnownHost[], name: string, key: Uint8Array): HostKeyVerdict {
  const matching = known.filter((entry) => matchesHost(entry.hosts, name));
  const same = matching.filter((entry) => Buffer.from(entry.key, 'base64').equals(key));
  if (same.some((entry) => entry.revoked)) return { kind: 'revoked' };
  if (same.length > 0) return { kind: 'known' };
  const types = knownTypes(known, name);
  return types.includes(hostKeyType(key)) ? { kind: 'changed' } : { kind: 'unknown', other_types: types };
}

/** `SHA256:...` as ssh-keygen -l prints it. */
export const fingerprint = (key: Uint8Array): string => `SHA256:${createHash('sha256').update(key).digest('base64').replace(/=+$/, '')}`;

/** The name in front of a key's wire form: a length in four bytes, then that many letters. */
export function hostKeyType(key: Uint8Array): string {
  const bytes = Buffer.from(key);
  return bytes.length < 4 ? '' : bytes.toString('latin1', 4, 4 + bytes.readUInt32BE(0));
}

function matchesHost(hosts: string, name: string): boolean {
  if (hosts.startsWith('|1|')) return matchesHash(hosts, name);
  const patterns = hosts.toLowerCase().split(',');
  if (patterns.some((pattern) => pattern.startsWith('!') && matchesPattern(pattern.slice(1), name))) return false;
  return patterns.some((pattern) => matchesPattern(pattern, name));
}

function matchesHash(hosts: string, name: string): boolean {
  const [, , salt, hash] = hosts.split('|');
  if (salt === undefined || hash === undefined) return false;
  const expected = Buffer.from(hash, 'base64');
  const actual = createHmac('sha1', Buffer.from(salt, 'base64')).update(name).digest();
  return expected.length === actual.length && timingSafeEqual(expected, actual);
}

/** `*` and `?` as in ssh_config; walked by hand, since a pattern from a file must not become a slow regular expression. */
function matchesPattern(pattern: string, name: string): boolean {
  let [p, n, star, mark] = [0, 0, -1, 0];
  while (n < name.length) {
    if (p < pattern.length && pattern[p] === '*') {
      star = p++;
      mark = n;
    } else if (p < pattern.length && (pattern[p] === '?' || pattern[p] === name[n])) {
      p++;
      n++;
    } else if (star >= 0) {
      p = star + 1;
      n = ++mark;
    } else return false;
  }
  while (pattern[p] === '*') p++;
  return p === pattern.length;
}
