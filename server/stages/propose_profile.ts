import { posix } from 'node:path';
import type { ClusterProfile } from '../clusters/profile.ts';
import { entryText, type ProfileEntry } from '../clusters/profile_entry.ts';
import { frameworkNamed } from '../frameworks/known.ts';
import { shellQuote } from '../model/shell_quote.ts';
import type { SiteFacts } from '../slurm/site.ts';
import type { SiteSearch } from '../slurm/site_search.ts';

export interface Proposal {
  /** For add_cluster, once the person agreed. */
  name: string;
  profile: ProfileEntry;
  /** The same as lines of clusters.yaml. */
  yaml: string;
  /** Why each value that the person did not give is what it is. */
  because: string[];
}

/** A whole entry from the little that was given and what the site shows. What neither tells stays out, and is said. */
export function proposeProfile(given: ProfileEntry, draft: ClusterProfile, facts: SiteFacts, found: SiteSearch): Proposal {
  const because: string[] = [];
  const chosen = (field: string, value: unknown, why: string): Record<string, unknown> => {
    if (Object.hasOwn(given, field)) return {};
    because.push(`${field}: ${why}`);
    return { [field]: value };
  };
  const folder = found.folders[0];
  const general = (path: string): string => (facts.user === undefined ? path : path.replaceAll(`/${facts.user}`, '/{user}'));
  const profile: ProfileEntry = {
    connection: draft.connection,
    ...given,
    ...(folder === undefined
      ? {}
      : {
          ...chosen('experiments_dir', general(posix.join(folder.path, 'experiments')), `${folder.path} can be written${freeText(folder)}`),
          ...chosen(
            'models_dir',
            general(posix.join(folder.path, 'models')),
            'beside the experiments; name the folder where your models lie',
          ),
        }),
    ...(draft.connection === 'local' ? {} : { scheduler: draft.scheduler }),
    ...defaultsOf(given, facts, because),
    ...setupOf(given, facts, found, because),
  };
  return withVersion({ name: draft.name, profile, yaml: entryText(draft.name, profile), because }, facts);
}

/** The proposal with the version that is there, where that is not the one for which configs are written unasked. */
export function withVersion(proposal: Proposal, { software }: SiteFacts): Proposal {
  const found = software.packages.torchtune;
  const framework = frameworkNamed('torchtune');
  const version = found === undefined ? undefined : framework?.versionOf(found);
  if (version === undefined || version === framework?.version || Object.hasOwn(proposal.profile, 'framework_version')) return proposal;
  const profile = { ...proposal.profile, framework_version: version };
  const because = [...proposal.because, `framework_version: torchtune ${found} is there`];
  return { ...proposal, profile, yaml: entryText(proposal.name, profile), because };
}

const freeText = ({ free_gib }: SiteSearch['folders'][number]): string => (free_gib === undefined ? '' : `, ${free_gib} GiB free`);

function defaultsOf(given: ProfileEntry, facts: SiteFacts, because: string[]): Record<string, unknown> {
  if (Object.hasOwn(given, 'defaults')) return {};
  const defaults: Record<string, string> = {};
  const accounts = new Set(facts.associations.map(({ account }) => account));
  const account = facts.default_account ?? (accounts.size === 1 ? [...accounts][0] : undefined);
  if (account !== undefined) {
    defaults.account = account;
    because.push(`account: ${account} is ${facts.default_account === undefined ? 'your only one' : 'your default'} there`);
  } else if (accounts.size > 1) because.push(`account: left out, since yours are ${[...accounts].join(', ')}; name one`);
  const up = facts.partitions.filter((partition) => partition.up);
  const gpus = up.filter((partition) => Object.keys(partition.gpus).length > 0);
  const first = up.find((partition) => partition.is_default);
  const partition = gpus.find((one) => one.is_default) ?? (gpus.length === 1 ? gpus[0] : gpus.length === 0 ? first : undefined);
  if (partition !== undefined) {
    defaults.partition = partition.name;
    because.push(
      `partition: ${partition.name} ${gpus.length > 0 ? `has GPUs (${gpuText(partition.gpus)})` : 'is the default; no partition shows GPUs'}`,
    );
  } else if (gpus.length > 1)
    because.push(
      `partition: left out, since several have GPUs (${gpus.map(({ name, gpus }) => `${name}: ${gpuText(gpus)}`).join('; ')}); name one`,
    );
  return Object.keys(defaults).length > 0 ? { defaults } : {};
}

const gpuText = (gpus: Readonly<Record<string, number>>): string =>
  Object.entries(gpus)
    .map(([type, count]) => `${count} ${type}`)
    .join(', ');

/** An environment that was found is put in front of PATH: that holds for virtual environments and conda's alike. */
function setupOf(given: ProfileEntry, { software }: SiteFacts, found: SiteSearch, because: string[]): Record<string, unknown> {
  if (Object.hasOwn(given, 'setup') || software.command !== undefined) return {};
  const [command, ...others] = found.commands;
  if (command !== undefined) {
    const more = others.length > 0 ? `; also there: ${others.slice(0, 5).join(', ')}` : '';
    because.push(`setup: tune was found at ${command}${more}`);
    return { setup: [`export PATH=${shellQuote(posix.dirname(command))}:"$PATH"`] };
  }
  const modules = found.modules.length > 0 ? `; modules that may bring it: ${found.modules.join(', ')}` : '';
  because.push(`setup: left out, since tune was not found${modules}`);
  return {};
}
