/**
 * The process beside each job, as plain JavaScript for `node -e`: it needs no file of ours, so that it outlives an upgrade or a
 * removed checkout, and as the script's parent it alone can tell "exited 137" from "killed by signal 9", with the supervisor dead.
 *
 * It claims the job first (link() lets one of many win), so that a job never runs twice, whoever starts it how often. The script
 * gets a process group of its own; what is left of that group when the script ends is killed, as Slurm does.
 */
export const RUNNER_SOURCE = String.raw`
const fs = require('fs');
const { spawn, execFileSync } = require('child_process');
const { join } = require('path');
const { signals } = require('os').constants;
const job = JSON.parse(process.argv[1]);

function identify(pid) {
  if (process.platform === 'linux') {
    const stat = fs.readFileSync('/proc/' + pid + '/stat', 'utf8');
    const started = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
    let boot = '';
    try { boot = fs.readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim(); } catch {}
    return { pid, boot, started };
  }
  const env = { ...process.env, LC_ALL: 'C', TZ: 'UTC' };
  const line = execFileSync('ps', ['-o', 'stat=,lstart=', '-p', String(pid)], { encoding: 'utf8', env }).trim();
  return { pid, boot: '', started: line.split(/\s+/).slice(1).join(' ') };
}

function publish(name, value) {
  const temporary = join(job.work, name + '.tmp-' + process.pid);
  const file = fs.openSync(temporary, 'w', 0o600);
  fs.writeSync(file, JSON.stringify(value));
  fs.fsyncSync(file);
  fs.closeSync(file);
  try {
    fs.linkSync(temporary, join(job.work, name));
  } catch (error) {
    if (error.code === 'EEXIST') process.exit(0);
    throw error;
  } finally {
    fs.rmSync(temporary, { force: true });
  }
}

function signalGroup(signal) {
  try {
    process.kill(-script.pid, signal);
    return true;
  } catch {
    return false;
  }
}

function end(exit) {
  publish('exit', exit);
  process.exit(0);
}

// Signals are for the script; the runner stays to write down how it ended.
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGQUIT', 'SIGUSR1', 'SIGUSR2']) process.on(signal, () => {});
publish('claim', { ...identify(process.pid), gpus: job.gpus });

// Slurm's own word for a job whose files cannot be opened: FAILED 0:53.
let output;
try {
  output = fs.openSync(job.output_path, 'w', 0o644);
  process.chdir(job.run_dir);
} catch {
  end({ code: 0, signal: 53 });
}
// The script's shell waits for a word until its number is on disk: killed in between, the runner leaves nothing that nobody knows.
const wait = 'read -r word <&3 && exec 3<&- && exec bash "$@"';
const script = spawn('bash', ['-c', wait, 'bash', job.script_path, String(job.attempt)], {
  cwd: job.run_dir,
  stdio: ['ignore', output, output, 'pipe'],
  detached: true,
});
script.on('error', () => end({ code: 0, signal: 53 }));
script.on('exit', async (code, signal) => {
  // Told to stop, the others get the time that is theirs: a trainer may be saving its last checkpoint.
  const until = Date.now() + job.grace_ms;
  while (fs.existsSync(join(job.work, 'stop')) && Date.now() < until && signalGroup(0)) await new Promise((done) => setTimeout(done, 50));
  signalGroup('SIGKILL');
  end({ code: code ?? 0, signal: signal === null ? 0 : signals[signal] });
});
if (script.pid !== undefined) {
  script.stdio[3].on('error', () => {});
  publish('child', identify(script.pid));
  script.stdio[3].end('go\n');
}
`;
