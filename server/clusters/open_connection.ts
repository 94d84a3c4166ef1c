import type { Connection } from './connection.ts';
import { LocalConnection } from './local.ts';
import type { ClusterProfile } from './profile.ts';

/** Connects to the profile's machine; ssh is loaded only when it is needed. */
export async function openConnection(profile: ClusterProfile): Promise<Connection> {
  switch (profile.connection) {
    case 'local':
      return new LocalConnection();
    case 'ssh':
      return (await import('./ssh.ts')).openSsh(profile);
    case 'openssh':
      return (await import('./openssh.ts')).openOpenssh(profile);
  }
}
