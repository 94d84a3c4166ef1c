import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { baseId, expandIds, taskList, taskOf } from '../../server/slurm/array_id.ts';
import { newest, readSacct } from '../../server/slurm/sacct.ts';
import { byName, sighting } from '../../server/slurm/sighting.ts';
import { readSqueue } from '../../server/slurm/squeue.ts';

describe('ids of arrays', () => {
  it.each([
    ['4711', ['4711']],
    ['4711_3', ['4711_3']],
    ['4_[2-5%2]', ['4_2', '4_3', '4_4', '4_5']],
    ['4_[2-3,5%2]', ['4_2', '4_3', '4_5']],
    ['4_[0-8:4]', ['4_0', '4_4', '4_8']],
    ['4_[0,2,4...]', ['4_0', '4_2', '4_4']],
    ['4_[5-2]', []],
    ['4_[0-99999999]', []],
    ['27;labcluster', ['27;labcluster']],
    ['', ['']],
  ])('%j stands for %j', (id, ids) => {
    expect(expandIds(id)).toEqual(ids);
  });

  it('come back from the list that sbatch and scancel take', () => {
    expect(taskList([5, 0, 1, 2, 2])).toBe('0-2,5');
    fc.assert(
      fc.property(fc.uniqueArray(fc.nat(1000), { minLength: 1 }), (tasks) => {
        const sorted = [...tasks].sort((a, b) => a - b);
        expect(expandIds(`7_[${taskList(tasks)}]`)).toEqual(sorted.map((task) => `7_${task}`));
      }),
    );
  });

  it('tell the whole from its tasks', () => {
    expect([baseId('4711_3'), baseId('4711'), taskOf('4711_3'), taskOf('4711'), taskOf('4_[2-5]')]).toEqual([
      '4711',
      '4711',
      3,
      undefined,
      undefined,
    ]);
  });
});

// sacct, 1.5 s after an array 0-5%3 was submitted: 7_3 has its own record and still stands in the one that it was split from.
const SACCT = `7_0|RUNNING|0:0|1795493253|1795493253|Unknown|cpu1|grp.tok
7_1|COMPLETED|0:0|1795493253|1795493253|1795493254|cpu1|grp.tok
7_2|RUNNING|0:0|1795493253|1795493253|Unknown|cpu1|grp.tok
7_3|RUNNING|0:0|1795493253|1795493254|Unknown|cpu1|grp.tok
7_[3-5%3]|PENDING|0:0|1795493253|Unknown|Unknown|None assigned|grp.tok
`;
const SQUEUE = `7_[4-5%3]|PENDING|1795493253|N/A|N/A||JobArrayTaskLimit|grp.tok
7_0|RUNNING|1795493253|1795493253|1795493553|cpu1|None|grp.tok
`;

describe('the tasks of an array', () => {
  const see = (task: number, squeue: string, sacct: string) =>
    sighting(
      { token: `t${task}`, job_name: 'grp.tok', task, run_dir: '/r', attempt: 1, output_path: '/r/o', since: '2026-11-24T05:00:00Z' },
      { squeue: byName(readSqueue(squeue)), sacct: byName(readSacct(sacct)), squeue_healthy: true, sacct_silent: false },
      undefined,
    );

  it('have one name, and each its own state', () => {
    expect(see(4, SQUEUE, SACCT)).toMatchObject({ token: 't4', job_id: '7_4', state: 'PENDING', reason: 'JobArrayTaskLimit' });
    expect(see(0, SQUEUE, SACCT)).toMatchObject({ job_id: '7_0', state: 'RUNNING' });
    expect(see(1, SQUEUE, SACCT)).toMatchObject({ job_id: '7_1', state: 'COMPLETED', exit_code: '0:0' });
    expect(see(6, SQUEUE, SACCT)).toBeUndefined();
  });

  it('are not taken for waiting by the record that they were split from', () => {
    expect(newest(readSacct(SACCT).filter(({ job_id }) => job_id === '7_3'))).toMatchObject({ job_id: '7_3', state: 'RUNNING' });
    // A healthy squeue that does not know the task is believed.
    expect(see(3, '', SACCT)).toBeUndefined();
    expect(newest(readSacct(SACCT).filter(({ job_id }) => job_id === '7_5'))).toMatchObject({ state: 'PENDING', unsplit: true });
  });
});
