import type { ConnectionPool } from '../clusters/pool.ts';
import type { ExperimentsRoot } from '../experiment/experiments_root.ts';

/** All that a handler needs from outside, so that tests can give it: clock, places, connections. */
export interface Context {
  now: () => Date;
  root: ExperimentsRoot;
  /** `$XDG_CONFIG_HOME/runwright` */
  config_dir: string;
  /** `$XDG_STATE_HOME/runwright` */
  state_dir: string;
  /** Words of the command that runs the embedded scheduler's supervisor; the state folder is added. */
  supervisor: readonly string[];
  connections: () => Promise<ConnectionPool>;
  /** Told to the client during long work. */
  progress: (message: string, done?: number, total?: number) => void;
  signal: AbortSignal;
}

export interface Next {
  tool: string;
  why: string;
}
