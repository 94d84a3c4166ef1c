import type { Rule } from '../rules/rule.ts';
import type { Components } from './components.ts';
import type { Registry } from './registry.ts';
import type { ShippedFor } from './shipped.ts';

/** Of a plan that names none; a config says at its top for which version it is where that is another. */
export const DEFAULT_VERSION = '0.6.1';

/** What differs between the versions of torchtune that configs are written for. */
export interface Dialect extends Components, Registry {
  /** As a plan or a profile names it. */
  readonly version: string;
  /** The nearest config that this version ships. */
  readonly shippedFor: ShippedFor;
  /** What a training on answers minimises. */
  readonly loss: string;
  /** What it saves wrongly is known, so that the job can mend it. */
  readonly mends_saved: boolean;
  /** Why no run can go on from a checkpoint, where none can. */
  readonly why_no_resume?: string;
  /** What this version alone refuses after the job has started, or does wrong without a word. */
  readonly rules: readonly Rule[];
}
