import { isSeq, type Node } from 'yaml';
import { didYouMean } from '../model/nearest.ts';
import type { Problem } from '../model/problem.ts';
import { type ClusterProfile, LOCAL_PROFILE } from './profile.ts';
import { crossFieldFaults } from './profile_consistency.ts';
import { ENV_NAME, JOB_SETTINGS, looksSecret, PROFILE_KEYS, PROFILE_NAME, readDefault, SCALAR_FIELDS } from './profile_fields.ts';
import { shown, YamlReader } from './yaml_reader.ts';

export const PROFILES_FILE = 'clusters.yaml';

export interface ReadProfiles {
  /** As written: `{user}` is not filled in yet. */
  profiles: ReadonlyMap<string, ClusterProfile>;
  problems: readonly Problem[];
}

/** Reads one clusters.yaml: every fault at once, each with its place. `where` names the file in messages. */
export function readProfiles(text: string, where: string): ReadProfiles {
  const reader = new ProfileReader(text, where);
  return { profiles: reader.read(), problems: reader.problems };
}

class ProfileReader extends YamlReader {
  read(): ReadonlyMap<string, ClusterProfile> {
    for (const error of this.document.errors) {
      this.refuse(error.pos[0], `this is not valid YAML: ${error.message.split('\n')[0]?.replace(/ at line .*$/, '')}`, 'correct the line');
    }
    const profiles = new Map<string, ClusterProfile>();
    if (this.problems.length > 0 || this.document.contents === null) return profiles;
    for (const { key, at, value } of this.entries(this.document.contents as Node, 'the file')) {
      if (!PROFILE_NAME.test(key)) {
        this.refuse(
          at,
          `${JSON.stringify(key)} cannot be a cluster's name`,
          'use letters, digits and . _ - and start with a letter or digit',
        );
      }
      profiles.set(key, this.profile(key, at, value));
    }
    return profiles;
  }

  private profile(name: string, at: Node, node: Node | null): ClusterProfile {
    const given = new Map<string, { value: unknown; at: Node }>();
    const parts = { defaults: {}, setup: [] as string[], env: {}, limits: {} };
    const before = this.problems.length;
    for (const { key, at: keyAt, value } of node === null ? [] : this.entries(node, name)) {
      const rule = Object.hasOwn(SCALAR_FIELDS, key) ? SCALAR_FIELDS[key] : undefined;
      if (rule !== undefined) {
        const plain = value?.toJS(this.document) as unknown;
        if (rule.accepts(plain)) given.set(key, { value: plain, at: keyAt });
        else this.refuse(value ?? keyAt, `${key} of ${name} is ${shown(plain)}`, `it needs ${rule.needs}`);
      } else if (key === 'defaults') parts.defaults = this.defaults(name, value);
      else if (key === 'setup') parts.setup = this.setup(name, keyAt, value);
      else if (key === 'env') parts.env = this.env(name, value);
      else if (key === 'limits') parts.limits = this.limits(name, value);
      else if (looksSecret(key)) {
        this.refuse(
          keyAt,
          `${key} of ${name} would be a secret, and a profile never holds one`,
          'remove it; log in with a key file or the ssh agent',
        );
      } else this.refuse(keyAt, `unknown key "${key}" in ${name}`, didYouMean(key, PROFILE_KEYS));
    }
    const plain = Object.fromEntries([...given].map(([key, { value }]) => [key, value]));
    const base = name === 'local' ? LOCAL_PROFILE : { ...LOCAL_PROFILE, scheduler: 'slurm' };
    const profile = { ...base, ...plain, ...parts, name } as ClusterProfile;
    // What depends on several fields is only told when each of them is sound.
    if (this.problems.length === before) {
      for (const { field, what, fix } of crossFieldFaults(profile, new Set(given.keys()))) {
        this.refuse((field === undefined ? undefined : given.get(field)?.at) ?? at, what, fix);
      }
    }
    return profile;
  }

  private defaults(name: string, node: Node | null): Record<string, string | number | boolean> {
    const result: Record<string, string | number | boolean> = {};
    for (const { key, at, value } of this.entries(node, `defaults of ${name}`)) {
      const read = readDefault(key, value?.toJS(this.document));
      if ('value' in read) result[key] = read.value;
      else if (read.fault.startsWith('needs'))
        this.refuse(value ?? at, `default ${key} of ${name} is ${shown(value?.toJS(this.document))}`, `it ${read.fault}`);
      else
        this.refuse(at, `default "${key}" of ${name} ${read.fault}`, read.known ? 'put it into the plan' : didYouMean(key, JOB_SETTINGS));
    }
    return result;
  }

  private setup(name: string, at: Node, node: Node | null): string[] {
    const list = this.resolved(node);
    const plain = list?.toJS(this.document) as unknown;
    if (isSeq(list) && Array.isArray(plain) && plain.every((line) => typeof line === 'string' && !line.includes('\0')))
      return plain as string[];
    this.refuse(node ?? at, `setup of ${name} is ${shown(plain)}`, 'it needs a list of shell lines, each after "- "');
    return [];
  }

  private env(name: string, node: Node | null): Record<string, string> {
    const result: Record<string, string> = {};
    for (const { key, at, value } of this.entries(node, `env of ${name}`)) {
      const plain = value?.toJS(this.document) as unknown;
      if (!ENV_NAME.test(key))
        this.refuse(
          at,
          `env of ${name}: ${JSON.stringify(key)} is no variable's name`,
          'use letters, digits and _, not starting with a digit',
        );
      else if (looksSecret(key)) {
        const fix = 'remove it; keep it on the cluster in a file that only you can read, and let a line of setup read that file';
        this.refuse(at, `env of ${name}: ${key} would be a secret, and a profile never holds one`, fix);
      } else if (!['string', 'number', 'boolean'].includes(typeof plain) || /\p{Cc}/u.test(String(plain)))
        this.refuse(value ?? at, `env of ${name}: ${key} is ${shown(plain)}`, 'it needs one line of text');
      else result[key] = String(plain);
    }
    return result;
  }

  private limits(name: string, node: Node | null): ClusterProfile['limits'] {
    const result: ClusterProfile['limits'] = {};
    for (const { key, at, value } of this.entries(node, `limits of ${name}`)) {
      const plain = value?.toJS(this.document) as unknown;
      if (key === 'max_submit' || key === 'array_throttle') {
        if (typeof plain === 'number' && Number.isInteger(plain) && plain >= 1) result[key] = plain;
        else this.refuse(value ?? at, `${key} of ${name} is ${shown(plain)}`, 'it needs a whole number from 1');
      } else if (key === 'array') {
        if (typeof plain === 'boolean') result.array = plain;
        else this.refuse(value ?? at, `array of ${name} is ${shown(plain)}`, 'it needs true or false');
      } else this.refuse(at, `unknown key "${key}" in limits of ${name}`, didYouMean(key, ['max_submit', 'array', 'array_throttle']));
    }
    return result;
  }
}
