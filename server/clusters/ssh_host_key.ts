import { readFile } from 'node:fs/promises';
import type { ServerHostKeyAlgorithm } from 'ssh2';
import { shellQuote } from '../model/shell_quote.ts';
import { fingerprint, hostKeyType, judgeHostKey, type KnownHost, knownName, knownTypes, readKnownHosts } from './known_hosts.ts';
import type { SshTarget } from './ssh_target.ts';

const ALGORITHMS: readonly ServerHostKeyAlgorithm[] = [
  'ssh-ed25519',
  'ecdsa-sha2-nistp256',
  'ecdsa-sha2-nistp384',
  'ecdsa-sha2-nistp521',
  'rsa-sha2-512',
  'rsa-sha2-256',
];

/** Checks one server's key against the known_hosts files, strictly, whatever StrictHostKeyChecking says. */
export class HostKeyCheck {
  /** Why the key was refused; set once the server has shown it. */
  refusal: string | undefined;
  private readonly target: SshTarget;
  private readonly known: readonly KnownHost[];
  private readonly name: string;

  private constructor(target: SshTarget, known: readonly KnownHost[]) {
    this.target = target;
    this.known = known;
    this.name = target.host_key_alias ?? knownName(target.host, target.port);
  }

  static async of(target: SshTarget): Promise<HostKeyCheck> {
    const texts = await Promise.all(target.known_hosts.map((file) => readFile(file, 'utf8').catch(() => '')));
    return new HostKeyCheck(target, texts.flatMap(readKnownHosts));
  }

  /** The types that we know in front: a server with several keys then shows one that can be checked. */
  get algorithms(): ServerHostKeyAlgorithm[] {
    const types = knownTypes(this.known, this.name).map((type) => (type === 'ssh-rsa' ? 'rsa-sha2' : type));
    const isKnown = (algorithm: string): boolean => types.some((type) => algorithm.startsWith(type));
    return [...ALGORITHMS.filter(isKnown), ...ALGORITHMS.filter((algorithm) => !isKnown(algorithm))];
  }

  accepts(key: Uint8Array): boolean {
    const verdict = judgeHostKey(this.known, this.name, key);
    if (verdict.kind === 'known') return true;
    const file = shellQuote(this.target.known_hosts[0] ?? `${process.env.HOME ?? '~'}/.ssh/known_hosts`);
    const shown = `${this.name} shows the ${hostKeyType(key)} key ${fingerprint(key)}`;
    const { host, port } = this.target;
    if (verdict.kind === 'unknown') {
      const others = verdict.other_types.length > 0 ? ` (known there: ${verdict.other_types.join(', ')})` : '';
      this.refusal = `the host key is unknown: ${shown}, which is not in ${file}${others}; compare the fingerprint with the one that the site publishes, then add the key: ssh-keyscan -p ${port} ${shellQuote(host)} >> ${file}`;
    } else if (verdict.kind === 'changed') {
      this.refusal = `the host key has CHANGED: ${shown}, but ${file} has another; somebody may be listening in, so ask the site first; only if it says that the key was changed, forget the old one: ssh-keygen -R ${shellQuote(this.name)} -f ${file}`;
    } else this.refusal = `the host key is revoked: ${shown}, and ${file} revokes it; do not connect, ask the site`;
    return false;
  }
}
