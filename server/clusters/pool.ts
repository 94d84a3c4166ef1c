import type { Connection } from './connection.ts';
import { openConnection } from './open_connection.ts';
import type { ClusterProfile } from './profile.ts';

/** One connection for each profile, opened when it is first asked for. */
export class ConnectionPool {
  private readonly opened = new Map<string, Promise<Connection>>();
  private readonly open: (profile: ClusterProfile) => Promise<Connection>;

  constructor(open: (profile: ClusterProfile) => Promise<Connection> = openConnection) {
    this.open = open;
  }

  connection(profile: ClusterProfile): Promise<Connection> {
    const key = keyOf(profile);
    const kept = this.opened.get(key);
    if (kept !== undefined) return kept;
    const opening = this.open(profile);
    this.opened.set(key, opening);
    // A connection that could not be opened is tried again at the next request.
    opening.catch(() => this.opened.delete(key));
    return opening;
  }

  async closeAll(): Promise<void> {
    const all = [...this.opened.values()];
    this.opened.clear();
    await Promise.allSettled(all.map(async (opening) => (await opening).close()));
  }
}

/** A profile that a person has edited meanwhile is another way to connect. */
const keyOf = ({ name, connection, host, user, port, identity_file, known_hosts, ssh_config }: ClusterProfile): string =>
  JSON.stringify([name, connection, host, user, port, identity_file, known_hosts, ssh_config]);
