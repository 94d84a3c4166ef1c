import { parseDuration } from '../model/duration.ts';
import { batchOptions } from './batch_options.ts';

/** What a job asks of this machine. Options that one machine has no use for (partition, account, mem, ...) are left aside. */
export interface BatchHeader {
  cpus: number;
  cpus_per_task: number;
  gpus: number;
  nodes: number;
  /** Undefined: without a limit. */
  time_seconds?: number;
  /** Told to the script's own shell that many seconds before the time limit. */
  warning?: { signal: NodeJS.Signals; seconds: number };
  array: boolean;
}

/** Why the header cannot be read, worded as sbatch words it. */
export interface HeaderFault {
  fault: string;
}

const SIGNALS = ['HUP', 'INT', 'QUIT', 'USR1', 'USR2', 'TERM', 'CONT'] as const;

/** `gpu:a100:2`, `a100:2`, `2` or nothing: how many. Undefined when it is none of these. */
function gpuCount(text: string): number | undefined {
  const parts = text.split(':');
  const last = parts.at(-1) ?? '';
  if (/^\d{1,4}$/.test(last)) return Number(last);
  return /^[A-Za-z][\w.-]*$/.test(last) ? 1 : undefined;
}

function gpusOf(option: string, value: string): number | undefined {
  const asked = value
    .split(',')
    .filter((part) => option !== 'gres' || /^(gres[:/])?gpu(:|$)/.test(part))
    .map((part) => (option === 'gres' ? part.replace(/^gres[:/]/, '') : part))
    .map(gpuCount);
  return asked.reduce<number | undefined>((sum, one) => (sum === undefined || one === undefined ? undefined : sum + one), 0);
}

function warningOf(value: string): BatchHeader['warning'] | undefined {
  const match = /^(?:\[?([BR]+)\]?:)?(?:SIG)?([A-Z0-9]+)(?:@(\d{1,5}))?$/i.exec(value);
  // Without B: Slurm tells the steps, not the script; there are no steps here.
  if (!match?.[1]?.toUpperCase().includes('B')) return undefined;
  const name = SIGNALS.find((signal) => signal === match[2]?.toUpperCase());
  return name === undefined ? undefined : { signal: `SIG${name}`, seconds: Number(match[3] ?? 60) };
}

const invalidNumber = (value: string, option: string): HeaderFault => ({ fault: `Invalid numeric value "${value}" for --${option}.` });

export function parseBatchHeader(script: string): BatchHeader | HeaderFault {
  if (!script.startsWith('#!')) {
    return {
      fault:
        'This does not look like a batch script. The first line must start with #! followed by the path to an interpreter, such as #!/bin/bash',
    };
  }
  const header: BatchHeader = { cpus: 1, cpus_per_task: 1, gpus: 0, nodes: 1, array: false };
  const counts = { ntasks: 1, 'cpus-per-task': 1, nodes: 1 };
  const gpus = new Map<string, number>();
  for (const { option, value } of batchOptions(script)) {
    switch (option) {
      case 'ntasks':
      case 'cpus-per-task':
      case 'nodes': {
        const count = /^([1-9]\d{0,5})(-\d+)?$/.exec(value);
        if (count === null || (count[2] !== undefined && option !== 'nodes')) return invalidNumber(value, option);
        counts[option] = Number(count[1]);
        break;
      }
      case 'gres':
      case 'gpus':
      case 'gpus-per-node': {
        const count = gpusOf(option, value);
        if (count === undefined) return { fault: `Invalid --${option} specification: ${value}` };
        gpus.set(option, count);
        break;
      }
      case 'time': {
        delete header.time_seconds;
        if (/^(0|infinite|unlimited)$/i.test(value)) break;
        const seconds = parseDuration(value);
        if (seconds === undefined) return { fault: 'Invalid --time specification' };
        header.time_seconds = seconds;
        break;
      }
      case 'signal': {
        const warning = warningOf(value);
        if (warning !== undefined) header.warning = warning;
        break;
      }
      case 'array':
        header.array = true;
    }
  }
  header.cpus_per_task = counts['cpus-per-task'];
  header.cpus = counts['cpus-per-task'] * counts.ntasks;
  header.nodes = counts.nodes;
  header.gpus = Math.max(0, ...gpus.values());
  return header;
}
