import { describe, expect, it } from 'vitest';
import type { Connection } from '../../server/clusters/connection.ts';
import { shellQuote } from '../../server/model/shell_quote.ts';
import { isNoRoom, isTransient } from '../../server/slurm/refusals.ts';
import { roomFor } from '../../server/slurm/room.ts';
import { siteLimits } from '../../server/slurm/site_limits.ts';

// What scontrol and sacctmgr of Slurm 22.05.8 print.
const SAID = {
  config: 'Configuration data as of 2026-11-24T05:07:34\nMaxArraySize            = 1001\nMaxJobCount             = 10000\n',
  partitions: `PartitionName=gpu AllowGroups=ALL AllowAccounts=ALL AllowQos=ALL AllocNodes=ALL Default=YES QoS=N/A DefaultTime=01:00:00
PartitionName=cpu AllowGroups=ALL AllowAccounts=ALL AllowQos=ALL AllocNodes=ALL Default=NO QoS=part_cpu DefaultTime=01:00:00
`,
  user: 'ml\n',
  assoc: 'ml||normal|25|\nchem|gpu|low|10|4\n',
  qos: 'normal||\nlimited|3|\nshared|8|5\npart_cpu|2|\n',
};
const LIMITS = siteLimits(SAID);
const NO_ANSWER = { config: '', partitions: '', user: '', assoc: '', qos: '' };

/** Stands in for the way to the cluster: it runs what it is given where a recorded squeue is on the PATH. */
function queueOf(lines: string, others = 0): Connection & { asked: number } {
  return {
    where: 'a recording',
    asked: 0,
    async run(command) {
      this.asked += 1;
      const { spawnSync } = await import('node:child_process');
      const squeue = `squeue() { case "$*" in *" -q "*) seq ${others} ;; *) printf '%s' ${shellQuote(lines)} ;; esac; }\n`;
      const { stdout, stderr, status } = spawnSync('bash', ['-c', squeue + command], { encoding: 'utf8' });
      return { code: status, stdout, stderr };
    },
    close: async () => undefined,
  };
}
const script = (...options: string[]): string => `#!/bin/bash\n${options.map((option) => `#SBATCH --${option}\n`).join('')}true\n`;
const full = async (connection: Connection, scripts: readonly string[], limits = LIMITS, max?: number) =>
  (await roomFor(connection, scripts, limits, max, new AbortController().signal)).full;

describe("the site's limits", () => {
  it('are read from what scontrol and sacctmgr print', () => {
    expect(LIMITS).toEqual({
      max_array_size: 1001,
      default_account: 'ml',
      default_partition: 'gpu',
      partition_qos: { cpu: 'part_cpu' },
      associations: [
        { account: 'ml', partition: '', default_qos: 'normal', max_submit: 25 },
        { account: 'chem', partition: 'gpu', default_qos: 'low', max_submit: 10, group_submit: 4 },
      ],
      qos: { normal: {}, limited: { max_submit: 3 }, shared: { max_submit: 8, group_submit: 5 }, part_cpu: { max_submit: 2 } },
    });
  });

  it('that could not be read limit nothing, and nothing more is asked', async () => {
    const connection = queueOf('');
    expect(siteLimits(NO_ANSWER)).toEqual({ partition_qos: {}, associations: [], qos: {} });
    expect(await full(connection, [script(), script()], siteLimits(NO_ANSWER))).toEqual([undefined, undefined]);
    expect(connection.asked).toBe(0);
  });
});

describe('room in the queue', () => {
  const limited = script('qos=limited', 'partition=gpu');

  it('is what a QOS leaves, the first first, in one question', async () => {
    const connection = queueOf('limited|ml|gpu\nnormal|ml|gpu\n');
    const why = 'your limit of 3 jobs in QOS limited';
    expect(await full(connection, [limited, script('partition=gpu'), limited, limited])).toEqual([undefined, undefined, undefined, why]);
    expect(connection.asked).toBe(1);
  });

  it('counts what Slurm gives a job that does not say', async () => {
    const queued = 'normal|ml|gpu\n'.repeat(24);
    expect(await full(queueOf(queued), [script(), script()])).toEqual([undefined, 'the limit of 25 jobs in account ml']);
  });

  it("counts a partition's own QOS, and everybody's jobs where a limit is for all", async () => {
    const cpu = script('partition=cpu', 'account=ml');
    expect(await full(queueOf('normal|ml|cpu\n'), [cpu, cpu])).toEqual([undefined, 'your limit of 2 jobs in QOS part_cpu']);
    const shared = script('qos=shared');
    expect(await full(queueOf('', 4), [shared, shared])).toEqual([undefined, 'the limit of 5 jobs of all users in QOS shared']);
  });

  it("is the profile's max_submit too, of all one's jobs", async () => {
    const none = siteLimits(NO_ANSWER);
    expect(await full(queueOf('a|b|c\n'), [script(), script()], none, 2)).toEqual([undefined, 'max_submit 2 of the cluster profile']);
  });
});

describe('a refusal', () => {
  const policy = "Job violates accounting/QOS policy (job submit limit, user's size and/or time limits)";
  it.each([
    [`QOSMaxSubmitJobPerUserLimit\n${policy}`, true, true],
    [`AssocGrpSubmitJobsLimit\n${policy}`, true, true],
    [`QOSMaxWallDurationPerJobLimit\n${policy}`, false, false],
    ['Slurm temporarily unable to accept job, sleeping and retrying', false, true],
    ['Unable to contact slurm controller (connect failure)', false, true],
    ['Invalid qos specification', false, false],
  ])('%j is for want of room: %s, and may pass: %s', (words, room, passes) => {
    expect([isNoRoom(words), isTransient(words)]).toEqual([room, passes]);
  });
});
