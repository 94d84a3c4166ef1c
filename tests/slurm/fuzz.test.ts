import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { JobRef } from '../../server/clusters/scheduler.ts';
import { FINAL_STATES, LIVE_STATES } from '../../server/model/job_state.ts';
import { parseBatchHeader } from '../../server/process/batch_header.ts';
import { readExitRecord } from '../../server/slurm/exit_record.ts';
import { readSacct } from '../../server/slurm/sacct.ts';
import { byName, sighting } from '../../server/slurm/sighting.ts';
import { configValue, readAssociations, readPartitions, readQos } from '../../server/slurm/site_facts.ts';
import { readSqueue } from '../../server/slurm/squeue.ts';
import { readSubmitAnswers } from '../../server/slurm/submit_script.ts';
import { readTrial } from '../../server/slurm/trial.ts';

const recorded = (name: string): string => readFileSync(new URL(`recorded/${name}`, import.meta.url), 'utf8');
const squeue = recorded('squeue.txt');
const sacct = recorded('sacct.txt');
const STATES: ReadonlySet<string> = new Set([...LIVE_STATES, ...FINAL_STATES]);

const noise = fc.oneof(
  fc.constantFrom(
    'Welcome to della!',
    '*** maintenance on Tuesday ***',
    'slurm_load_jobs error: Invalid job id specified',
    '|||||||',
    '',
    '|',
    '1|',
    'RUNNING',
  ),
  fc.string({ unit: 'binary', maxLength: 200 }).map((text) => text.replaceAll('\n', ' ')),
  fc.string({ unit: 'grapheme', maxLength: 40 }).map((text) => text.replaceAll('\n', ' ')),
);

/** The recorded lines with lines of somebody else between them. */
const among = (text: string) =>
  fc.array(noise, { maxLength: 8 }).chain((lines) => {
    const own = text.split('\n').filter((line) => line !== '');
    return fc
      .array(fc.nat({ max: own.length }), { minLength: lines.length, maxLength: lines.length })
      .map((places) => own.flatMap((line, index) => [...lines.filter((_, which) => places[which] === index), line]).join('\n'));
  });

const PARSERS: Record<string, (text: string) => unknown> = {
  squeue: readSqueue,
  sacct: readSacct,
  sinfo: readPartitions,
  qos: readQos,
  associations: readAssociations,
  'scontrol show config': (text) => configValue(text, 'MaxArraySize'),
  'exit record': readExitRecord,
  answers: readSubmitAnswers,
  'batch header': parseBatchHeader,
  trial: (text) => readTrial({ code: 1, stdout: text, stderr: text }),
};

test.each(Object.entries(PARSERS))('%s: no text makes it fail', (_name, parse) => {
  const text = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 500 }),
    fc.tuple(fc.constantFrom(squeue, sacct, recorded('sinfo.txt')), fc.nat({ max: 800 })).map(([whole, end]) => whole.slice(0, end)),
    fc.json(),
    fc
      .array(fc.constantFrom('|', '\n', '"', '{', '}', ':', '#SBATCH --', '1', 'RUNNING', '%', '\u0000', '🦙'), { maxLength: 60 })
      .map((all) => all.join('')),
  );
  fc.assert(
    fc.property(text, (one) => {
      expect(() => parse(one)).not.toThrow();
    }),
    { numRuns: 300 },
  );
});

test.each(Object.entries(PARSERS))('%s: ten megabytes are read', (_name, parse) => {
  expect(() => parse('x|RUNNING|'.repeat(1_000_000))).not.toThrow();
});

test('what others print between the lines changes no job of ours, and adds none of our names', () => {
  const check = (parse: typeof readSqueue, text: string) => {
    const ours = parse(text);
    const names = new Set(ours.map(({ name }) => name));
    fc.assert(
      fc.property(among(text), (noisy) => {
        const rows = parse(noisy);
        expect(rows.filter(({ name }) => names.has(name))).toEqual(ours);
        expect(rows.every(({ state }) => STATES.has(state))).toBe(true);
      }),
      { numRuns: 300 },
    );
  };
  check(readSqueue, squeue);
  check(readSacct, sacct);
});

test('an answer that was cut anywhere shows each job as the whole one does, or not at all', () => {
  for (const [parse, text] of [
    [readSqueue, squeue],
    [readSacct, sacct],
  ] as const) {
    const whole = new Map(parse(text).map((row) => [JSON.stringify(row), row]));
    const names = new Set([...whole.values()].map(({ name }) => name));
    for (let end = 0; end <= text.length; end += 1)
      // A name that was cut is another name: it is nobody's.
      for (const row of parse(text.slice(0, end))) if (names.has(row.name)) expect(whole.has(JSON.stringify(row))).toBe(true);
  }
});

test("no row of others' becomes a state of ours", () => {
  const ref: JobRef = {
    token: 't',
    job_name: 'run_1.0a1b2c3d4e5f',
    job_id: '7',
    run_dir: '/r',
    attempt: 1,
    output_path: '/r/o',
    since: '2026-11-23T16:00:00Z',
  };
  const row = fc
    .tuple(fc.constantFrom('7', '8', '7_1', ''), fc.constantFrom(...STATES, 'banana', 'CANCELLED by 1001'), noise, noise)
    .map(([id, state, name, reason]) => `${id}|${state}|1|1|1|n|${reason.replaceAll('|', '')}|${name}`);
  fc.assert(
    fc.property(fc.array(row, { maxLength: 20 }), fc.boolean(), (rows, squeue_healthy) => {
      const text = rows.join('\n');
      const witnesses = { squeue: byName(readSqueue(text)), sacct: byName(readSacct(text)), squeue_healthy, sacct_silent: false };
      expect(sighting(ref, witnesses, undefined)).toBeUndefined();
    }),
    { numRuns: 500 },
  );
});
