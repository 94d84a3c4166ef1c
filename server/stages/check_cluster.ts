import { availableParallelism, totalmem } from 'node:os';
import type { ClusterProfile } from '../clusters/profile.ts';
import { type ProfileEntry, readEntry } from '../clusters/profile_entry.ts';
import type { Context, Next } from '../launch/context.ts';
import { openCluster, profilesOf } from '../launch/open_cluster.ts';
import { openDraft } from '../launch/open_draft.ts';
import type { Problem } from '../model/problem.ts';
import { type SiteFacts, siteFacts } from '../slurm/site.ts';
import { searchSite } from '../slurm/site_search.ts';
import { type Answer, plural, shortList, withProblems } from './answer.ts';
import { type Proposal, proposeProfile, withVersion } from './propose_profile.ts';
import { softwareProblems } from './software_problems.ts';

export interface CheckClusterInput {
  cluster?: string | undefined;
  /** An entry of clusters.yaml that is not written yet; a host alone is enough. */
  profile?: ProfileEntry | undefined;
}

export interface CheckClusterOutput extends Answer {
  cluster: string;
  /** Where `profile` was given: the whole entry, for a person to agree to. */
  proposal?: Proposal;
  known_clusters: string[];
  connection: string;
  scheduler: string;
  slurm_version?: string;
  user?: string;
  default_account?: string;
  partitions: { name: string; default: boolean; up: boolean; max_time: string; nodes: number; gpus: string[] }[];
  qos: string[];
  limits: Record<string, number>;
  software: Record<string, string>;
}

/** What is there, and each thing that is missing with its mend. Writes nothing. */
export async function checkCluster(input: CheckClusterInput, context: Context): Promise<CheckClusterOutput> {
  const { profile, connection } =
    input.profile === undefined
      ? await openCluster(context, input.cluster ?? 'local')
      : await openDraft(context, input.cluster, input.profile);
  const { name } = profile;
  const known_clusters = [...(await profilesOf(context)).keys()];
  const ask = (setup: readonly string[]): Promise<SiteFacts> =>
    siteFacts(connection, { setup, env: profile.env, command: 'tune', signal: context.signal });
  let facts = await ask(profile.setup);
  let proposal: Proposal | undefined;
  let checked = profile;
  if (input.profile !== undefined) {
    proposal = proposeProfile(input.profile, profile, facts, await searchSite(connection, 'tune', context.signal));
    // What is proposed is checked, not what was given.
    checked = readEntry(name, proposal.profile);
    if (checked.setup.length > profile.setup.length) {
      facts = await ask(checked.setup);
      // Only now it is known which version the environment that was found has.
      proposal = withVersion(proposal, facts);
      checked = readEntry(name, proposal.profile);
    }
  }
  const problems = [...(profile.scheduler === 'slurm' ? slurmProblems(name, facts) : []), ...(await softwareProblems(checked, facts))];
  const missing = problems.filter(({ severity }) => severity === 'error').length;
  return {
    summary: `${describe(profile, facts, connection.where)}${missing > 0 ? `; ${plural(missing, 'thing')} to mend` : '; ready'}.`,
    cluster: name,
    ...(proposal === undefined ? {} : { proposal }),
    known_clusters,
    connection: connection.where,
    scheduler: profile.scheduler,
    ...(profile.scheduler === 'slurm'
      ? slurmFacts(facts)
      : { partitions: [], qos: [], limits: { cpus: availableParallelism(), memory_gib: Math.round(totalmem() / 2 ** 30) } }),
    software: softwareFound(facts),
    next: nextAfter(name, missing, proposal),
    ...withProblems(problems),
  };
}

function nextAfter(name: string, missing: number, proposal: Proposal | undefined): Next {
  if (proposal !== undefined)
    return { tool: 'add_cluster', why: `writes ${name} into clusters.yaml, once the person agreed to the proposal or changed it` };
  if (missing > 0) return { tool: 'check_cluster', why: 'mend what is missing; then check again' };
  return { tool: 'plan_runs', why: `plans an experiment on cluster ${name}` };
}

function describe(profile: ClusterProfile, facts: SiteFacts, where: string): string {
  if (profile.scheduler === 'process') return `cluster ${profile.name}: this machine, with the embedded scheduler`;
  return `cluster ${profile.name}: Slurm ${facts.version ?? 'not found'} over ${where}, ${plural(facts.partitions.length, 'partition')}`;
}

function slurmFacts(
  facts: SiteFacts,
): Pick<CheckClusterOutput, 'slurm_version' | 'user' | 'default_account' | 'partitions' | 'qos' | 'limits'> {
  return {
    ...(facts.version === undefined ? {} : { slurm_version: facts.version }),
    ...(facts.user === undefined ? {} : { user: facts.user }),
    ...(facts.default_account === undefined ? {} : { default_account: facts.default_account }),
    partitions: facts.partitions.slice(0, 30).map(partitionShown),
    qos: shortList(facts.qos.map((qos) => qos.name)),
    limits: {
      ...(facts.max_array_size === undefined ? {} : { max_array_size: facts.max_array_size }),
      ...(facts.max_job_count === undefined ? {} : { max_job_count: facts.max_job_count }),
    },
  };
}

const partitionShown = ({
  name,
  is_default,
  up,
  max_time,
  nodes,
  gpus,
}: SiteFacts['partitions'][number]): CheckClusterOutput['partitions'][number] => ({
  name,
  default: is_default,
  up,
  max_time,
  nodes,
  gpus: Object.entries(gpus).map(([type, count]) => `${count} ${type}`),
});

function softwareFound({ software }: SiteFacts): Record<string, string> {
  const packages = Object.entries(software.packages).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return {
    ...(software.command === undefined ? {} : { tune: software.command }),
    ...(software.python === undefined ? {} : { python: software.python }),
    ...Object.fromEntries(packages),
  };
}

function slurmProblems(name: string, facts: SiteFacts): Problem[] {
  const where = `cluster ${name}`;
  const problems = facts.trouble.map(
    (what): Problem => ({
      severity: what.startsWith('sacctmgr') ? 'warning' : 'error',
      where,
      what,
      fix: 'try the command by hand there; ask the site when it fails for you too',
    }),
  );
  if (facts.version !== undefined && !facts.scheduler_up) {
    problems.push({ severity: 'error', where, what: 'slurmctld does not answer', fix: 'wait for the site, and check again' });
  }
  if (facts.version !== undefined && !facts.accounting) {
    problems.push({
      severity: 'warning',
      where,
      what: 'there is no accounting (sacct): ended jobs are known from squeue and their exit records only',
      fix: 'nothing to do',
    });
  }
  return problems;
}
