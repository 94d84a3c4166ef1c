import type { Context } from '../launch/context.ts';

/** What the server brings to every call. */
export interface Environment extends Omit<Context, 'progress' | 'signal'> {
  /** `RUNWRIGHT_READ_ONLY`: the tools that write are not offered. */
  read_only?: boolean;
}
