import { clusterHomeWith } from './cluster_home.ts';
import { testContext } from './context.ts';

/** The development cluster's disk and experiments on it, each in a test's own context. */
export const clusterHome = (name: string, trainers: Readonly<Record<string, string>>) => clusterHomeWith(name, trainers, testContext);
