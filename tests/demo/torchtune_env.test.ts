import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { torchtune } from '../../server/frameworks/torchtune/framework.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const REQUIREMENTS = join(ROOT, 'python', 'requirements-torchtune.txt');

describe('the torchtune environment', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'runwright-env-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  /** A program that answers as a Python with these packages would. */
  function fakePython(answer: string): string {
    const path = join(folder, 'python');
    writeFileSync(path, `#!/bin/sh\n${answer}\n`);
    chmodSync(path, 0o755);
    return path;
  }

  function ask(env: Record<string, string>): { code: number | null; stdout: string; stderr: string } {
    const { status, stdout, stderr } = spawnSync(process.execPath, [join(ROOT, 'scripts', 'torchtune_env.mjs')], { env, encoding: 'utf8' });
    return { code: status, stdout, stderr };
  }

  it('has the versions that a person is told to install', () => {
    const [torchtuneLine, torchaoLine] = ['torchtune', 'torchao'].map((name) =>
      readFileSync(REQUIREMENTS, 'utf8')
        .split('\n')
        .find((line) => line.startsWith(`${name}==`)),
    );
    expect(torchtune.install).toContain(`(pip install "${torchtuneLine}" "${torchaoLine}")`);
    const [, torchao = ''] = torchaoLine?.split('==') ?? [];
    expect(readFileSync(join(ROOT, 'python', 'check_configs.py'), 'utf8')).toContain(`can do this with torchao ${torchao}"`);
  });

  it('is the one that RUNWRIGHT_PYTHON names, when it has torchtune', () => {
    const python = fakePython(`echo '{"python": [3, 11, 7], "torch": "2.13.0", "torchtune": "0.6.1", "torchao": "0.14.1"}'`);
    writeFileSync(join(folder, 'tune'), '');
    expect(ask({ RUNWRIGHT_PYTHON: python })).toEqual({
      code: 0,
      stdout: `${python}\n`,
      stderr: `Using ${python} (RUNWRIGHT_PYTHON): torchtune 0.6.1, torch 2.13.0.\n`,
    });
  });

  it('is refused when that Python lacks a package, with the command that brings it', () => {
    const python = fakePython(`echo '{"python": [3, 11, 7], "torch": "2.13.0", "torchtune": null, "torchao": null}'`);
    expect(ask({ RUNWRIGHT_PYTHON: python })).toEqual({
      code: 1,
      stdout: '',
      stderr: `RUNWRIGHT_PYTHON is ${python}, which lacks torchtune, torchao: ${python} -m pip install -r ${REQUIREMENTS}\n`,
    });
  });

  it('is refused when RUNWRIGHT_PYTHON is no Python, or no absolute path', () => {
    const python = fakePython('exit 1');
    expect(ask({ RUNWRIGHT_PYTHON: python }).stderr).toBe(`RUNWRIGHT_PYTHON is ${python}, but that does not run as a Python 3\n`);
    expect(ask({ RUNWRIGHT_PYTHON: 'python3' }).stderr).toBe(
      'RUNWRIGHT_PYTHON is python3: give the absolute path of a python, such as /opt/torchtune/bin/python\n',
    );
  });

  it('cannot be made without a Python: says what is missing and how to get it', () => {
    const answer = ask({ PATH: folder, XDG_CACHE_HOME: folder });
    expect(answer.code).toBe(1);
    expect(answer.stdout).toBe('');
    expect(answer.stderr).toBe(
      `No usable Python for torchtune:
  there is no python3 on the PATH
Install Python 3.11 to 3.13 with its venv module (Debian and Ubuntu: apt-get install python3 python3-venv;
macOS: brew install python@3.12; anywhere: https://docs.astral.sh/uv), or set RUNWRIGHT_PYTHON to a Python
that has torchtune 0.6.1.
`,
    );
  });
});
