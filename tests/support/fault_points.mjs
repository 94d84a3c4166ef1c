/**
 * Loaded into a server by `node --import`: counts each step that it takes outside of itself (a change of a file, bytes to or
 * from a cluster) and ends it, cuts its connection, or takes its disk away, at the one that RUNWRIGHT_TEST_FAULT names. So each step of a submission
 * is found by counting, and the product has no hook of its own.
 */
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import net from 'node:net';

const { log, at, of, act, program, disk } = JSON.parse(process.env.RUNWRIGHT_TEST_FAULT ?? '{}');
let steps = 0;
let noting = false;

/** True when the fault is here and now; a killed process does not come back from this. */
function step(name) {
  if (noting || (of !== undefined && of !== name)) return false;
  steps += 1;
  if (at !== 0 && steps !== at) return false;
  noting = true;
  fs.appendFileSync(log, `${name}\n`);
  noting = false;
  if (at === 0) return false;
  if (act === 'kill') process.kill(process.pid, 'SIGKILL');
  if (act === 'full') fill();
  if (act === 'readonly') execFileSync('/bin/mount', ['-o', 'remount,ro', disk]);
  return true;
}

function fill() {
  noting = true;
  try {
    fs.writeFileSync(`${disk}/filler`, Buffer.alloc(1 << 22));
  } catch {
    // It took what there was.
  }
  noting = false;
}

const CHANGES = ['writeSync', 'fsyncSync', 'writeFileSync', 'renameSync', 'mkdirSync', 'truncateSync', 'linkSync', 'rmSync', 'rmdirSync'];
const CHANGES_LATER = ['mkdir', 'rmdir'];

function watchFiles() {
  for (const name of [...CHANGES, ...CHANGES_LATER]) {
    const original = fs[name];
    fs[name] = (...words) => {
      if (step(name) && act === 'tear') {
        // A crash can leave the first half of what was being written.
        const [file, bytes] = words;
        if (name === 'writeSync') original(file, bytes.subarray(0, Math.floor(bytes.length / 2)));
        process.kill(process.pid, 'SIGKILL');
      }
      return original(...words);
    };
  }
}

function watchConnections() {
  const { write, emit } = net.Socket.prototype;
  net.Socket.prototype.write = function (...words) {
    if (this.remotePort !== undefined && step('send') && act === 'cut') this.destroy();
    return write.apply(this, words);
  };
  net.Socket.prototype.emit = function (event, ...words) {
    if (event === 'data' && this.remotePort !== undefined && step('receive') && act === 'cut') {
      this.destroy();
      return false;
    }
    return emit.call(this, event, ...words);
  };
}

if (log !== undefined && (program === undefined || process.argv.some((word) => word.includes(program)))) {
  watchFiles();
  watchConnections();
  syncBuiltinESMExports();
}
