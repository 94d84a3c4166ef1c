import type { Framework } from '../model/framework.ts';
import { torchtune } from './torchtune/framework.ts';

const KNOWN: ReadonlyMap<string, Framework> = new Map([[torchtune.name, torchtune]]);

export const FRAMEWORK_NAMES: readonly string[] = [...KNOWN.keys()];

export const frameworkNamed = (name: string): Framework | undefined => KNOWN.get(name.toLowerCase());
