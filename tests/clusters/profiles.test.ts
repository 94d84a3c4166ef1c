import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { LOCAL_PROFILE } from '../../server/clusters/profile.ts';
import { loadProfiles, profileNamed } from '../../server/clusters/profiles.ts';

let dir: string;
let places: { userConfigDir: string; experimentsRoot: string };
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'profiles-'));
  places = { userConfigDir: join(dir, 'config'), experimentsRoot: join(dir, 'experiments') };
  await mkdir(places.userConfigDir);
  await mkdir(places.experimentsRoot);
});
afterEach(() => rm(dir, { recursive: true }));

const userFile = (text: string) => writeFile(join(places.userConfigDir, 'clusters.yaml'), text);
const projectFile = (text: string) => writeFile(join(places.experimentsRoot, 'clusters.yaml'), text);
const messageOf = (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => 'no error',
    (error: Error) => error.message,
  );

const DELLA = `della:
  connection: ssh
  host: della.example.edu
  user: alice
  experiments_dir: /scratch/gpfs/{user}/experiments/
  models_dir: /scratch/gpfs/{user}/models
  scheduler: slurm
  defaults: {account: ml, partition: gpu, qos: normal, time: "1:00:00", mem: 48g}
  gpu_request: gres
  setup:
    - module load anaconda3
    - conda activate torchtune
  env: {HF_HUB_OFFLINE: "1", TOKENIZERS_PARALLELISM: false, HF_TOKEN_PATH: /home/alice/.hf}
  limits: {max_submit: 25, array: true}
`;

describe('cluster profiles', () => {
  it('has local without any file', async () => {
    expect([...(await loadProfiles(places))]).toEqual([['local', LOCAL_PROFILE]]);
  });

  it('reads the whole profile, fills in the user and stores settings in one form', async () => {
    await userFile(DELLA);
    expect((await loadProfiles(places)).get('della')).toEqual({
      name: 'della',
      connection: 'ssh',
      host: 'della.example.edu',
      user: 'alice',
      experiments_dir: '/scratch/gpfs/alice/experiments',
      models_dir: '/scratch/gpfs/alice/models',
      scheduler: 'slurm',
      defaults: { account: 'ml', partition: 'gpu', qos: 'normal', time: '01:00:00', mem: '48G' },
      gpu_request: 'gres',
      setup: ['module load anaconda3', 'conda activate torchtune'],
      env: { HF_HUB_OFFLINE: '1', TOKENIZERS_PARALLELISM: 'false', HF_TOKEN_PATH: '/home/alice/.hf' },
      limits: { max_submit: 25, array: true },
    });
  });

  it("lets the project's entries win over the user's, and local be overridden", async () => {
    await userFile(`${DELLA}\nlocal:\n  scheduler: slurm\n`);
    await projectFile('della:\n  connection: ssh\n  host: other\n  user: bob\n  experiments_dir: /home/{user}/x\n');
    const profiles = await loadProfiles(places);
    expect(profiles.get('della')).toMatchObject({ host: 'other', experiments_dir: '/home/bob/x', setup: [], scheduler: 'slurm' });
    expect(profiles.get('local')).toEqual({ ...LOCAL_PROFILE, scheduler: 'slurm' });
  });

  it("takes the user from the host's ssh_config, else from this machine", async () => {
    await writeFile(join(dir, 'ssh_config'), 'Host della\n  User carla\n');
    const entry = (name: string) =>
      `${name}:\n  connection: ssh\n  host: ${name}\n  ssh_config: ${join(dir, 'ssh_config')}\n  experiments_dir: /s/{user}\n`;
    await userFile(entry('della') + entry('elsewhere'));
    const profiles = await loadProfiles(places);
    expect(profiles.get('della')?.experiments_dir).toBe('/s/carla');
    expect(profiles.get('elsewhere')?.experiments_dir).toBe(`/s/${userInfo().username}`);
  });

  it('tells every fault at once, each with its place and its mend', async () => {
    await userFile(`della:
  connection: shh
  hots: della
  port: 70000
  password: hunter2
  experiments_dir: scratch/x
  defaults: {partion: gpu, lr: 3e-4, time: soon, gpus: 4}
  setup: module load x
  env: {1X: a, HF_TOKEN: hf_abc, LIST: [1]}
  limits: {max_submit: 0, array: maybe, arrays: true}
"bad name": {connection: local}
nothing: 7
`);
    expect(await messageOf(loadProfiles(places))).toBe(
      [
        `the cluster profiles cannot be used; correct ${places.userConfigDir}/clusters.yaml:`,
        'clusters.yaml:2:15: connection of della is "shh"; it needs one of local, ssh, openssh',
        'clusters.yaml:3:3: unknown key "hots" in della; did you mean "host"?',
        'clusters.yaml:4:9: port of della is 70000; it needs a whole number from 1 to 65535',
        'clusters.yaml:5:3: password of della would be a secret, and a profile never holds one; remove it; log in with a key file or the ssh agent',
        'clusters.yaml:6:20: experiments_dir of della is "scratch/x"; it needs an absolute path on the cluster without "..", which may contain {user}',
        'clusters.yaml:7:14: default "partion" of della is no setting of the job; did you mean "partition"?',
        'clusters.yaml:7:28: default "lr" of della is a setting of the training; put it into the plan',
        `clusters.yaml:7:44: default time of della is "soon"; it needs a time limit of Slurm's: 90 (minutes), 1:30:00 or 1-12:00:00`,
        'clusters.yaml:8:10: setup of della is "module load x"; it needs a list of shell lines, each after "- "',
        `clusters.yaml:9:9: env of della: "1X" is no variable's name; use letters, digits and _, not starting with a digit`,
        'clusters.yaml:9:16: env of della: HF_TOKEN would be a secret, and a profile never holds one; remove it; keep it on the cluster in a file that only you can read, and let a line of setup read that file',
        'clusters.yaml:9:40: env of della: LIST is a list; it needs one line of text',
        'clusters.yaml:10:24: max_submit of della is 0; it needs a whole number from 1',
        'clusters.yaml:10:34: array of della is "maybe"; it needs true or false',
        'clusters.yaml:10:41: unknown key "arrays" in limits of della; did you mean "array"?',
        `clusters.yaml:11:1: "bad name" cannot be a cluster's name; use letters, digits and . _ - and start with a letter or digit`,
        'clusters.yaml:12:10: nothing is 7; it needs "key: value" lines',
      ].join('\n'),
    );
  });

  it('refuses fields that do not go together', async () => {
    await userFile(`far:
  connection: ssh
  scheduler: process
here:
  connection: local
  host: della
local:
  connection: openssh
bare:
  host: x
`);
    expect(await messageOf(loadProfiles(places))).toBe(
      [
        `the cluster profiles cannot be used; correct ${places.userConfigDir}/clusters.yaml:`,
        'clusters.yaml:3:3: scheduler: process of far runs on this machine only; use scheduler: slurm, or connection: local',
        'clusters.yaml:1:1: far has no host; add host: a host name, or an alias of ~/.ssh/config',
        'clusters.yaml:1:1: far has no experiments_dir; add experiments_dir: an absolute path on the cluster, such as /scratch/{user}/experiments',
        'clusters.yaml:6:3: host of here means nothing with connection: local; remove it, or use connection: ssh',
        'clusters.yaml:8:3: local is always this machine; give the other cluster another name',
        'clusters.yaml:9:1: bare has no connection; add connection: ssh, or connection: local for this machine',
      ].join('\n'),
    );
  });

  it('tells two faulty files apart by their whole paths', async () => {
    await userFile('a: 1\n');
    await projectFile('a: {connection: local, b: 1}\n');
    expect(await messageOf(loadProfiles(places))).toBe(
      [
        `the cluster profiles cannot be used; correct ${places.userConfigDir}/clusters.yaml and ${places.experimentsRoot}/clusters.yaml:`,
        `${places.userConfigDir}/clusters.yaml:1:4: a is 1; it needs "key: value" lines`,
        `${places.experimentsRoot}/clusters.yaml:1:24: unknown key "b" in a; known: connection, host, user, port, identity_file, known_hosts, ssh_config, experiments_dir, models_dir, scheduler, gpu_request, framework_version, ...`,
      ].join('\n'),
    );
  });

  it('points at the line that is no YAML', async () => {
    await userFile('della:\n  connection: ssh\n  connection: ssh\n');
    expect(await messageOf(loadProfiles(places))).toBe(
      `the cluster profiles cannot be used; correct ${places.userConfigDir}/clusters.yaml:\nclusters.yaml:3:3: this is not valid YAML: Map keys must be unique; correct the line`,
    );
  });

  it('names the cluster that was meant', async () => {
    await userFile(DELLA);
    const profiles = await loadProfiles(places);
    expect(profileNamed(profiles, 'della').host).toBe('della.example.edu');
    expect(() => profileNamed(profiles, 'dela')).toThrow(
      'there is no cluster "dela" in clusters.yaml; did you mean "della"? If not, check_cluster with its host in profile sets up a new one',
    );
    expect(() => profileNamed(profiles, 'frontier')).toThrow(
      'there is no cluster "frontier" in clusters.yaml; known: local, della; check_cluster with its host in profile sets up a new one',
    );
  });
});
