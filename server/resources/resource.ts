import type { Context } from '../launch/context.ts';

/** What can be read of an experiment by its URI. Experiments below the root only: a URI never leaves it. */
export interface Resource {
  name: string;
  title: string;
  description: string;
  mimeType: string;
  of: 'experiment' | 'run';
  /** With names percent-encoded, or with a template's variables. */
  uri(experiment: string, run: string): string;
  read(named: { experiment: string; run: string }, context: Context): Promise<string>;
}
