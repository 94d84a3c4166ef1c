import { readFile } from 'node:fs/promises';
import ssh2, { type AgentAuthMethod, type PublicKeyAuthMethod } from 'ssh2';
import { ConnectionError } from './connection.ts';
import type { SshTarget } from './ssh_target.ts';

const { utils } = ssh2;

type LoginMethod = PublicKeyAuthMethod | AgentAuthMethod;

/** What is offered to the server, in order, and how a message names it. Never what is inside a key. */
export interface Credentials {
  methods: LoginMethod[];
  offered: readonly string[];
}

/**
 * The profile's own key first, then the agent, then the other key files: servers cut a login off after about six keys, so the
 * likeliest stand in front. With IdentitiesOnly the agent is asked only when no key file could be read.
 */
export async function credentialsOf(target: SshTarget): Promise<Credentials> {
  const { user: username, agent, identity_file } = target;
  const methods: LoginMethod[] = [];
  const offered: string[] = [];
  const locked: string[] = [];
  const offer = async (file: string, required: boolean): Promise<void> => {
    const key = await readKey(file, required);
    if (key === 'locked') locked.push(file);
    else if (key !== undefined) {
      methods.push({ type: 'publickey', username, key });
      offered.push(file);
    }
  };
  if (identity_file !== undefined) await offer(identity_file, true);
  const agentAt = methods.length;
  // A profile that names its key means that key alone.
  if (identity_file === undefined) for (const file of target.identity_files) await offer(file, false);
  const narrow = (target.identities_only || identity_file !== undefined) && methods.length > 0;
  if (agent !== undefined && !narrow) {
    methods.splice(agentAt, 0, { type: 'agent', username, agent });
    offered.splice(agentAt, 0, 'the keys of the ssh agent');
  }
  if (methods.length > 0) return { methods, offered };
  if (locked[0] !== undefined)
    throw new ConnectionError(
      `the key ${locked[0]} is protected by a passphrase and there is no ssh agent; start one and load the key: ssh-add ${locked[0]}`,
    );
  throw new ConnectionError(
    `there is no key to log in with as ${username}@${target.host}; make one with ssh-keygen and register it at the site, or set identity_file in clusters.yaml`,
  );
}

async function readKey(file: string, required: boolean): Promise<Buffer | 'locked' | undefined> {
  let bytes: Buffer;
  try {
    bytes = await readFile(file);
  } catch (error) {
    if (!required) return undefined;
    throw new ConnectionError(
      `the key ${file} cannot be read (${(error as NodeJS.ErrnoException).code}); check identity_file in clusters.yaml`,
    );
  }
  const parsed = utils.parseKey(bytes);
  if (!(parsed instanceof Error)) {
    if (parsed.isPrivateKey()) return bytes;
    if (!required) return undefined;
    throw new ConnectionError(`${file} is a public key; set identity_file in clusters.yaml to the private one`);
  }
  if (/encrypted|passphrase/i.test(parsed.message)) return 'locked';
  if (!required) return undefined;
  throw new ConnectionError(
    `the key ${file} is in a format that cannot be read; check identity_file in clusters.yaml, or make a key with ssh-keygen -t ed25519`,
  );
}
