import { table } from '../server/command/terminal.ts';
import type { ServerSession, ToolAnswer } from './client.ts';
import { look, type RunLook } from './look.ts';
import { dim, say } from './show.ts';

/** Steps of a demo run: WORDS_EACH / batch_size. */
const STEPS = 32;
const MOST_MINUTES = 15;

export interface Watched {
  experimentDir: string;
  jobsDir: string;
  runs: readonly string[];
}

/** Seconds left by the pace so far, measured from the first step that was seen. */
class Pace {
  readonly #first = new Map<string, { step: number; at: number }>();

  secondsLeft(run: string, step: number, now: number): number | undefined {
    if (step === 0) return undefined;
    const first = this.#first.get(run);
    if (first === undefined) this.#first.set(run, { step, at: now });
    if (first === undefined || step <= first.step) return undefined;
    return Math.round((((now - first.at) / (step - first.step)) * (STEPS - step)) / 1000);
  }
}

function row({ run, state, losses }: RunLook, secondsLeft: number | undefined): string[] {
  const eta = state === 'RUNNING' && secondsLeft !== undefined ? `${secondsLeft} s` : '-';
  return [run, state, losses.length === 0 ? '-' : `${losses.length}/${STEPS}`, losses.at(-1)?.toFixed(3) ?? '-', eta];
}

const HEAD = ['run', 'state', 'step', 'loss', 'ETA'];

/** Asks monitor_jobs until it says that all is done; meanwhile a live table on a terminal, plain lines elsewhere. */
export async function watch(session: ServerSession, watched: Watched): Promise<ToolAnswer> {
  const pace = new Pace();
  const live = process.stdout.isTTY === true;
  let drawn = 0;
  const told = new Map<string, string>();
  const show = (): void => {
    const now = Date.now();
    const rows = look(watched.experimentDir, watched.jobsDir, watched.runs).map((seen) => ({
      seen,
      cells: row(seen, pace.secondsLeft(seen.run, seen.losses.length, now)),
    }));
    if (live) {
      const lines = table(
        HEAD,
        rows.map(({ cells }) => cells),
      );
      process.stdout.write(`${drawn > 0 ? `\u001b[${drawn}A` : ''}\u001b[0J${lines.map((line) => `  ${line}\n`).join('')}`);
      drawn = lines.length;
      return;
    }
    for (const { seen, cells } of rows) {
      // A line at each change of state and at each quarter of the steps.
      const stage = `${seen.state} ${Math.floor((seen.losses.length * 4) / STEPS)}`;
      if (told.get(seen.run) === stage) continue;
      told.set(seen.run, stage);
      say(`  ${cells[0]}: ${cells[1]}, step ${cells[2]}, loss ${cells[3]}, ETA ${cells[4]}`);
    }
  };
  const timer = setInterval(show, 500);
  const end = Date.now() + MOST_MINUTES * 60_000;
  try {
    for (;;) {
      const answer = await session.call('monitor_jobs', { experiment_dir: watched.experimentDir, wait_seconds: 15, until: 'change' });
      show();
      if (answer.done === true) return answer;
      // A server that answers at once must not be asked in a busy loop.
      await new Promise((resolve) => setTimeout(resolve, 500));
      if (Date.now() > end) {
        say(dim(`  not done after ${MOST_MINUTES} minutes: the demo stops watching; the jobs go on`));
        return answer;
      }
    }
  } finally {
    clearInterval(timer);
  }
}
