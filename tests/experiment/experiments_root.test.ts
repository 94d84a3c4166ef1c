import { mkdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { experimentsRoot } from '../../server/experiment/experiments_root.ts';
import { placeOf } from '../../server/experiment/place.ts';
import { temporaryFolder } from '../support/context.ts';

const made = (...parts: string[]): string => {
  const folder = join(...parts);
  mkdirSync(folder, { recursive: true });
  return folder;
};

describe('without RUNWRIGHT_EXPERIMENTS experiments lie', () => {
  it('in experiments/ of the project that the client works in', () => {
    const lab = made(temporaryFolder(), 'mon labo é');
    expect(experimentsRoot({ CLAUDE_PROJECT_DIR: lab }, '/tmp')).toEqual({ dir: join(lab, 'experiments'), fenced: false });
    expect(experimentsRoot({}, lab)).toEqual({ dir: join(lab, 'experiments'), fenced: false });
    expect(experimentsRoot({ CLAUDE_PROJECT_DIR: '' }, lab)).toEqual({ dir: join(lab, 'experiments'), fenced: false });
  });

  it("at the repository's top when the client was started in a subfolder of it", () => {
    const lab = temporaryFolder();
    made(lab, '.git');
    expect(experimentsRoot({}, made(lab, 'src', 'words')).dir).toBe(join(lab, 'experiments'));
  });

  it('in the nearest experiments/ on the way up to it', () => {
    const lab = temporaryFolder();
    made(lab, '.git');
    made(lab, 'paper', 'experiments');
    expect(experimentsRoot({}, made(lab, 'paper', 'figures')).dir).toBe(join(lab, 'paper', 'experiments'));
    expect(experimentsRoot({}, made(lab, 'paper', 'experiments', 'words', 'run_a')).dir).toBe(join(lab, 'paper', 'experiments'));
  });

  it('not above the repository, whatever lies there', () => {
    const home = temporaryFolder();
    made(home, 'experiments');
    made(home, 'lab', '.git');
    expect(experimentsRoot({}, made(home, 'lab', 'src')).dir).toBe(join(home, 'lab', 'experiments'));
  });

  it('outside a repository only where the client stands, or where it stands in experiments/ itself', () => {
    const home = temporaryFolder();
    made(home, 'experiments');
    expect(experimentsRoot({}, made(home, 'lab')).dir).toBe(join(home, 'lab', 'experiments'));
    expect(experimentsRoot({}, made(home, 'experiments', 'words')).dir).toBe(join(home, 'experiments'));
  });
});

describe('RUNWRIGHT_EXPERIMENTS', () => {
  it('is taken as it stands, from the folder of the client where it is relative, and from the home folder after ~', () => {
    expect(experimentsRoot({ RUNWRIGHT_EXPERIMENTS: '/data/exp' }, '/lab')).toEqual({ dir: '/data/exp', fenced: true });
    expect(experimentsRoot({ RUNWRIGHT_EXPERIMENTS: 'exp' }, '/lab')).toEqual({ dir: '/lab/exp', fenced: true });
    expect(experimentsRoot({ RUNWRIGHT_EXPERIMENTS: '~/exp' }, '/lab')).toEqual({ dir: join(homedir(), 'exp'), fenced: true });
  });

  it.each(['${HOME}/exp', '$HOME/exp', '~alice/exp'])('that came as %s is refused when it is needed', (named) => {
    const root = experimentsRoot({ RUNWRIGHT_EXPERIMENTS: named }, '/lab');
    for (const dir of ['words', '/data/words'])
      expect(() => placeOf(dir, root)).toThrow(
        `RUNWRIGHT_EXPERIMENTS is ${named}, in which nothing was replaced; give it as an absolute path; nothing was changed`,
      );
  });

  it('may name a folder that has a dollar in its name', () => {
    const odd = made(temporaryFolder(), '$HOME');
    expect(experimentsRoot({ RUNWRIGHT_EXPERIMENTS: odd }, '/')).toEqual({ dir: odd, fenced: true });
  });
});

it('a client without a project, started at the top of the disk, is told what to set', () => {
  const root = experimentsRoot({}, '/');
  expect(() => placeOf('words', root)).toThrow(
    "experiments would lie in /experiments, which is not there and cannot be meant; give experiment_dir as an absolute path, or set RUNWRIGHT_EXPERIMENTS in the client's settings of this server; nothing was changed",
  );
  expect(placeOf('/data/words', root)).toEqual({ dir: '/data/words', name: 'words' });
});
