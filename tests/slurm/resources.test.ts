import { describe, expect, it } from 'vitest';
import type { ConfigFacts } from '../../server/model/framework.ts';
import type { Settings } from '../../server/model/plan.ts';
import { chooseResources } from '../../server/slurm/resources.ts';

const training = { effective_batch: 32, epochs: 1, same_work: '', similar_work: '' };
const facts: ConfigFacts = { recipe: 'lora', nodes: 1, gpus_per_node: 1, parameters: 1_235_814_400, training, needs: [], writes: [] };
const plan = (cells: Record<string, string | number>): Settings =>
  new Map(Object.entries(cells).map(([name, value], index) => [name, { value, at: { line: 20 + index, column: 3 } }]));

describe('what a job asks for', () => {
  it('comes from the plan, then the profile, then the config, each with its reason', () => {
    const settings = plan({ time: '02:00:00', partition: 'gpu' });
    expect(chooseResources({ settings, defaults: { time: '1:00:00', account: 'ml', cpus: 8 }, facts })).toEqual({
      resources: { gpus: 1, nodes: 1, cpus: 8, mem: '13G', time: '02:00:00', partition: 'gpu', account: 'ml' },
      reasons: [
        { what: '1 GPU', why: 'the config trains on that many' },
        { what: '1 node', why: 'the config trains on that many' },
        { what: '8 CPUs', why: "the cluster profile's defaults" },
        { what: '13G of memory', why: '1.2 billion parameters, twice in bf16, and 8 GiB' },
        { what: 'a time limit of 02:00:00', why: 'the plan says so' },
        { what: 'partition gpu', why: 'the plan says so' },
        { what: 'account ml', why: "the cluster profile's defaults" },
      ],
      problems: [],
    });
  });

  it('is told when nobody set a time', () => {
    const { resources, problems } = chooseResources({ settings: plan({}), defaults: {}, facts: { ...facts, gpus_per_node: 0 } });
    expect(resources).toEqual({ gpus: 0, nodes: 1, cpus: 2, mem: '13G', time: '04:00:00' });
    expect(problems).toEqual([
      {
        severity: 'warning',
        where: '',
        what: 'the plan and the cluster profile set no time, so the job gets 04:00:00',
        fix: 'add `time` to the Defaults of runs_plan.md, or to defaults: of the cluster profile',
      },
    ]);
  });

  it('is an error when the config was made for other devices', () => {
    expect(chooseResources({ settings: plan({ gpus: 4, time: '01:00:00' }), defaults: {}, facts }).problems).toEqual([
      {
        severity: 'error',
        where: 'runs_plan.md:20:3',
        what: 'the plan asks for 4 GPUs, but the config trains on 1',
        fix: 'run `create_torchtune_config` again, or set gpus to 1',
      },
    ]);
  });

  it('is an error when the profile sets what Slurm cannot read, told once', () => {
    expect(chooseResources({ settings: plan({}), defaults: { time: 'soon' }, facts }).problems).toEqual([
      {
        severity: 'error',
        where: 'clusters.yaml: defaults.time',
        what: '"soon" is not a time limit of Slurm\'s: 90 (minutes), 1:30:00 or 1-12:00:00',
        fix: 'mend it in the cluster profile',
      },
    ]);
  });
});
