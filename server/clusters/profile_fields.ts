import { canonicalSetting, SETTINGS } from '../model/settings.ts';

/** How one scalar of a profile is checked. `needs` is told to people word for word. */
interface FieldRule {
  needs: string;
  accepts(value: unknown): boolean;
}

const oneOf = (...words: string[]): FieldRule => ({
  needs: `one of ${words.join(', ')}`,
  accepts: (value) => typeof value === 'string' && words.includes(value),
});

const shaped = (needs: string, shape: RegExp): FieldRule => ({
  needs,
  accepts: (value) => typeof value === 'string' && shape.test(value),
});

const path = (needs: string): FieldRule => shaped(needs, /^[^\p{Cc}]{1,4096}$/u);

const absolute: FieldRule = {
  needs: 'an absolute path on the cluster without "..", which may contain {user}',
  accepts: (value) =>
    typeof value === 'string' &&
    /^\/[^\p{Cc}]*$/u.test(value) &&
    !value.split('/').includes('..') &&
    !/[{}]/.test(value.replaceAll('{user}', '')),
};

/** A name that starts with a dash could be read as an option by ssh, so host and user never do. */
export const SCALAR_FIELDS: Readonly<Record<string, FieldRule>> = {
  connection: oneOf('local', 'ssh', 'openssh'),
  host: shaped('a host name, an address, or an alias of ~/.ssh/config', /^[A-Za-z0-9_:][A-Za-z0-9._:%-]{0,254}$/),
  user: shaped('a user name', /^[A-Za-z0-9_][A-Za-z0-9._@+\\-]{0,127}$/),
  port: {
    needs: 'a whole number from 1 to 65535',
    accepts: (value) => typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= 65535,
  },
  identity_file: path('the path of a private key file'),
  known_hosts: path('the path of a known_hosts file'),
  ssh_config: path('the path of an ssh_config file'),
  experiments_dir: absolute,
  models_dir: absolute,
  scheduler: oneOf('slurm', 'process'),
  gpu_request: oneOf('gres', 'gpus', 'gpus-per-node'),
  framework_version: shaped('a version such as "0.6.1" or nightly', /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/),
};

export const COLLECTION_FIELDS = ['defaults', 'setup', 'env', 'limits'] as const;
export const PROFILE_KEYS: readonly string[] = [...Object.keys(SCALAR_FIELDS), ...COLLECTION_FIELDS];

/** Fields that mean something only on the way to another machine. */
export const REMOTE_FIELDS = ['host', 'user', 'port', 'identity_file', 'known_hosts', 'ssh_config'] as const;

export const PROFILE_NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;
export const ENV_NAME = /^[A-Za-z_][A-Za-z0-9_]{0,199}$/;

export const JOB_SETTINGS: readonly string[] = Object.keys(SETTINGS).filter((name) => SETTINGS[name]?.side === 'job');

/** The stored form of a default, or why it cannot be one. */
export function readDefault(name: string, value: unknown): { value: string | number | boolean } | { fault: string; known: boolean } {
  const definition = Object.hasOwn(SETTINGS, name) ? SETTINGS[name] : undefined;
  if (definition === undefined || definition.side !== 'job') {
    const training = Object.hasOwn(SETTINGS, canonicalSetting(name)) && !JOB_SETTINGS.includes(canonicalSetting(name));
    return { fault: training ? 'is a setting of the training' : 'is no setting of the job', known: training };
  }
  const scalar = typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
  const read = scalar ? definition.read(String(value)) : undefined;
  if (read === undefined || typeof read === 'object') return { fault: `needs ${definition.range}`, known: true };
  return { value: read };
}

const SECRET_WORDS = new Set(['password', 'passwd', 'passphrase', 'token', 'secret', 'apikey', 'credentials']);

/** A key that would hold a secret: `password`, `HF_TOKEN`, `WANDB_API_KEY`; not `TOKENIZERS_PARALLELISM` or `HF_TOKEN_PATH`. */
export function looksSecret(key: string): boolean {
  const words = key.toLowerCase().split(/[^a-z0-9]+/);
  if (/^(path|file|dir)$/.test(words.at(-1) ?? '')) return false;
  return words.some((word) => SECRET_WORDS.has(word)) || /(^|_)(api|access|secret|private)_?key$/i.test(key.replaceAll('-', '_'));
}
