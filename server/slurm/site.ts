import type { Connection } from '../clusters/connection.ts';
import { frame } from '../clusters/frame.ts';
import { shellQuote, shellWords } from '../model/shell_quote.ts';
import { PLAIN_ENVIRONMENT } from './plain_environment.ts';
import { type Association, configValue, type Partition, type Qos, readAssociations, readPartitions, readQos } from './site_facts.ts';

export interface SiteFacts {
  /** `22.05.8`; undefined when there is no Slurm there. */
  version?: string;
  user?: string;
  scheduler_up: boolean;
  accounting: boolean;
  partitions: readonly Partition[];
  default_account?: string;
  associations: readonly Association[];
  qos: readonly Qos[];
  max_array_size?: number;
  max_job_count?: number;
  software: Software;
  /** What could not be asked, in a sentence each. */
  trouble: readonly string[];
}

/** What is there after the profile's `setup` lines. */
export interface Software {
  /** Where the training command is, when it is. */
  command?: string;
  python?: string;
  /** By package; undefined where it is not installed. */
  packages: Readonly<Record<string, string | undefined>>;
  /** Set when a setup line failed. */
  setup_fault?: string;
}

export interface SiteQuestion {
  setup: readonly string[];
  env?: Readonly<Record<string, string>>;
  /** The training command's name: `tune`. */
  command?: string;
  packages?: readonly string[];
  signal?: AbortSignal;
}

const VERSIONS = `import platform, sys
from importlib import metadata
print("python " + platform.python_version())
for name in sys.argv[1:]:
    try:
        print(name + " " + metadata.version(name))
    except metadata.PackageNotFoundError:
        pass`;

/** Everything that check_cluster tells of a site, from one command. */
export async function siteFacts(connection: Connection, question: SiteQuestion): Promise<SiteFacts> {
  const packages = question.packages ?? ['torch', 'torchtune', 'torchao'];
  const user = '"$USER"';
  const asked = frame([
    { name: 'version', command: 'sbatch --version && id -un' },
    { name: 'ping', command: 'LC_ALL=C scontrol ping' },
    { name: 'config', command: 'LC_ALL=C scontrol show config' },
    { name: 'sinfo', command: `${PLAIN_ENVIRONMENT} sinfo -h -o '%P|%a|%l|%D|%T|%G'` },
    { name: 'account', command: `LC_ALL=C sacctmgr -n -P show user ${user} format=defaultaccount` },
    { name: 'assoc', command: `LC_ALL=C sacctmgr -n -P show assoc user=${user} format=account,partition,qos,maxsubmit` },
    { name: 'qos', command: 'LC_ALL=C sacctmgr -n -P show qos format=name,maxwall,maxsubmitpu,maxjobspu' },
    { name: 'software', command: softwareCommand(question, packages) },
  ]);
  const answers = asked.read(
    await connection.run(asked.command, { timeoutMs: 90_000, ...(question.signal === undefined ? {} : { signal: question.signal }) }),
  );
  const said = (name: string): string => {
    const answer = answers.get(name);
    return answer?.code === 0 ? answer.stdout : '';
  };
  const complaint = (name: string): string => answers.get(name)?.stderr.trim().split('\n').slice(-2).join(' ') ?? '';
  const [versionLine = '', name = ''] = said('version').trim().split('\n');
  const version = /(\d+\.\S+)/.exec(versionLine)?.[1];
  const accounting = answers.get('account')?.code === 0;
  const default_account = said('account').trim().split('\n')[0];
  const trouble = [
    ...(version === undefined ? [`sbatch is not there: ${complaint('version')}`] : []),
    ...(version !== undefined && said('sinfo') === '' ? [`sinfo could not be asked: ${complaint('sinfo')}`] : []),
    ...(version !== undefined && !accounting ? [`sacctmgr could not be asked: ${complaint('account')}`] : []),
  ];
  return {
    scheduler_up: /is UP/.test(answers.get('ping')?.stdout ?? ''),
    accounting,
    partitions: readPartitions(said('sinfo')),
    associations: readAssociations(said('assoc')),
    qos: readQos(said('qos')),
    software: readSoftware(answers.get('software')?.stdout ?? '', packages, complaint('software')),
    trouble,
    ...(version === undefined ? {} : { version }),
    ...(name === '' ? {} : { user: name }),
    ...(default_account === undefined || default_account === '' ? {} : { default_account }),
    ...numberOf('max_array_size', configValue(said('config'), 'MaxArraySize')),
    ...numberOf('max_job_count', configValue(said('config'), 'MaxJobCount')),
  };
}

const numberOf = (name: string, text: string | undefined): Record<string, number> =>
  /^\d+$/.test(text ?? '') ? { [name]: Number(text) } : {};

/** The setup lines run as they do in a job; the mark tells what they print apart from what is asked here. */
function softwareCommand({ setup, env, command }: SiteQuestion, packages: readonly string[]): string {
  const exports = Object.entries(env ?? {})
    .filter(([name]) => /^[A-Za-z_][A-Za-z0-9_]*$/.test(name))
    .map(([name, value]) => `export ${name}=${shellQuote(value)}`);
  return `set -e
{
${setup.join('\n')}
:
} >&2
set +e
${exports.join('\n')}
echo ready
printf 'command %s\\n' "$(command -v ${shellQuote(command ?? 'tune')})"
python3 -c ${shellQuote(VERSIONS)} ${shellWords(packages)}`;
}

export function readSoftware(stdout: string, packages: readonly string[], complaint: string): Software {
  const lines = new Map(
    stdout.split('\n').map((line) => {
      const space = line.indexOf(' ');
      return space < 0 ? [line, ''] : [line.slice(0, space), line.slice(space + 1)];
    }),
  );
  const command = lines.get('command');
  const python = lines.get('python');
  return {
    packages: Object.fromEntries(packages.map((name) => [name, lines.get(name)])),
    ...(command === undefined || command === '' ? {} : { command }),
    ...(python === undefined ? {} : { python }),
    ...(lines.has('ready') ? {} : { setup_fault: complaint === '' ? 'a setup line ended the shell' : complaint }),
  };
}
