import { describe, expect, it } from 'vitest';
import { PENDING_REASONS, pendingReason } from '../../server/slurm/pending_reasons.ts';

describe('why a job waits', () => {
  it('is this table, whole', async () => {
    const lines = Object.entries(PENDING_REASONS).map(
      ([reason, { means, mend, stuck }]) => `${reason}: ${means}; ${stuck ? 'STUCK: ' : ''}${mend}`,
    );
    await expect(`${lines.join('\n')}\n`).toMatchFileSnapshot('golden/pending_reasons.txt');
    expect(lines.length).toBeGreaterThan(45);
  });

  it.each([
    ['(Resources)', PENDING_REASONS.Resources],
    ['ReqNodeNotAvail, UnavailableNodes:gpu[1-3]', PENDING_REASONS.ReqNodeNotAvail],
    [
      'Nodes required for job are DOWN, DRAINED or reserved for jobs in higher priority partitions',
      expect.objectContaining({ means: expect.stringContaining('down, drained') }),
    ],
    ['QOSMaxBillingPerUser', { means: 'a limit of its QOS is reached', mend: 'nothing to do: it starts when jobs of yours end' }],
    ['AssocGrpNodeLimit', expect.objectContaining({ means: 'a limit of your account is reached' })],
    ['QOSMaxNodePerJobLimit', expect.objectContaining({ means: 'it asks for more than its QOS allows one job', stuck: true })],
    ['AssocGrpNodeRunMinutes', expect.objectContaining({ means: 'the time of your account is used up', stuck: true })],
    ['banana', undefined],
    ['', undefined],
    ['constructor', undefined],
  ])('%j', (reason, meaning) => {
    expect(pendingReason(reason)).toEqual(meaning);
  });
});
