import { execFileSync } from 'node:child_process';

/** A Python with torch for the GPU and torchtune: these tests are asked for by name, so a machine without one is a fault. */
export const gpuPython = pythonWithGpu();

function pythonWithGpu(): string {
  const python = process.env.RUNWRIGHT_PYTHON;
  if (python === undefined) throw new Error('set RUNWRIGHT_PYTHON to a Python with torchtune 0.6.1 and torch for the GPU of this machine');
  const gpus = execFileSync('nvidia-smi', ['-L'], { encoding: 'utf8' });
  if (!gpus.includes('GPU')) throw new Error('nvidia-smi -L shows no GPU on this machine');
  return python;
}
