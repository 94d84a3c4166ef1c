import { createRequire as __createRequire } from 'node:module';
import { fileURLToPath as __fileURLToPath } from 'node:url';
import { dirname as __dirnameOf } from 'node:path';
const require = __createRequire(import.meta.url);
const __requireBuiltin = require;
const __filename = __fileURLToPath(import.meta.url);
const __dirname = __dirnameOf(__filename);
import{A as W,b as a,c as S,d as m,e as y,g as v,h as k,j as L,k as T,l as E,m as M,n as O,o as x,p as P,q as G,t as h,u as D,w as A,x as N}from"./chunk-T7ENTRUV.js";import"./chunk-SSVZ6CHB.js";import{a as z}from"./chunk-63JGKGNY.js";import"./chunk-2UUNOUNV.js";import{a as F}from"./chunk-G654LNWT.js";import"./chunk-EMLEMS6W.js";import{b as _}from"./chunk-CHM7JA2A.js";import{d as l}from"./chunk-Z2RUK3MR.js";var Z=l(_(),1),J=l(z(),1);var X=l(_(),1);var H=l(F(),1);var U=l(F(),1);function u(){return(0,U.execFileSync)("ps",["-A","-o","pid=,ppid=,pgid="],{encoding:"utf8",maxBuffer:67108864}).split(`
`).flatMap(e=>{let[t,r,o]=e.trim().split(/\s+/).map(Number);return t===void 0||r===void 0||o===void 0?[]:[{pid:t,parent:r,group:o}]})}function g(i,e){let t=e.find(n=>n.pid===i)?.group,r=new Map,o=new Set;for(let n=!0;n;){n=!1;for(let s of e)s.pid===i||r.has(s.pid)||s.parent!==i&&!r.has(s.parent)&&!o.has(s.group)||(r.set(s.pid,s),s.group!==t&&o.add(s.group),n=!0)}return[...r.values()]}function I(i,e){let t=new Map(e.map(r=>[r.pid,r.group]));return i.filter(r=>t.get(r.pid)===r.group)}function p(i,e){for(let{pid:t}of i)try{process.kill(t,e)}catch{}}var w=5e3;function K(i,e,t,r){if(t.stop!==void 0)return!0;if(t.claim===void 0)return!1;let o=e.asks.time_seconds,n=o!==void 0&&r>=Date.parse(t.claim.at)+o*1e3;return!t.cancel&&!n?!1:(a(i.work(e.id,"stop"),t.cancel?"cancel":"timeout"),!0)}function q(i,e,t){if(e===void 0){let r=g(i,u());return p(r,"SIGTERM"),{since:t,told:r}}if(t>=e.since+w){let r=u();p([...g(i,r),...I(e.told,r)],"SIGKILL")}return e}function C(i,e){let t=I(i.told,u());return t.length>0&&e>=i.since+w&&p(t,"SIGKILL"),t.length===0}function B(i,e){let t=S(i.work(e,"child")),r=t===void 0?void 0:k(t);if(r===void 0||!v(r))return;let o=u();p([...g(r.pid,o),...o.filter(n=>n.group===r.pid)],"SIGKILL")}function $(i,e,t,r){let{warning:o,time_seconds:n}=e.asks;if(o===void 0||n===void 0||t.claim===void 0||r<Date.parse(t.claim.at)+Math.max(n-o.seconds,n/2)*1e3||L(i,e.id,"warned"))return;let s=k(S(i.work(e.id,"child"))??"");s===void 0||!a(i.work(e.id,"warned"),o.signal)||v(s)&&p([{pid:s.pid,parent:0,group:0}],o.signal)}var j=String.raw`
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
`;function Q(i,e,t,r,o){m(i.work(e.id));let{script_path:n,attempt:s,output_path:R,run_dir:f}=e,d=JSON.stringify({work:i.work(e.id),script_path:n,attempt:s,output_path:R,run_dir:f,gpus:t,grace_ms:w}),c=(0,H.spawn)(process.execPath,["-e",j,"--",d],{cwd:i.root,env:A(e,process.env,t,r),stdio:"ignore",detached:!0});c.on("error",o),c.on("exit",o),c.unref()}var b=class{folder;machine;watched=new Map;settled;listed=0;constructor(e,t){this.folder=e,this.machine=t,this.settled=new Set(x(e.ends))}step(e){this.list(e);let t=[];for(let r of this.watched.values())this.isJob(r)&&this.look(r,e)==="waiting"&&t.push(r);for(let r of t.sort((o,n)=>o.record.id-n.record.id))if(!this.admit(r))break;return[...this.watched.values()].some(r=>r.bound)}hasJobs(e){return this.list(e),[...this.watched.values()].some(t=>this.isJob(t))}list(e){if(!((0,X.statSync)(this.folder.jobs).mtimeMs<this.listed-3e3)){this.listed=e;for(let r of x(this.folder.jobs).sort((o,n)=>o-n)){if(this.settled.has(r)||this.watched.has(r))continue;let o=P(this.folder,r);o!==void 0&&this.watched.set(r,{record:o,bound:!1,runnerEnded:!1})}}}isJob(e){if(e.bound)return!0;let t=G(this.folder,e.record.token);return t!==void 0&&t!==e.record.id&&this.forget(e),e.bound=t===e.record.id,e.bound}look(e,t){let{id:r}=e.record,o=T(this.folder,r);if(o.end!==void 0)this.forget(e);else if(o.exit!==void 0)this.conclude(e,o,h(o.exit.how,o.stop?.cause),o.exit.at,t);else{if(o.claim===void 0)return this.lookAtUnclaimed(e,o,t);if(o.running)e.given??={gpus:o.claim.gpus},K(this.folder,e.record,o,t)?e.stopping=q(o.claim.runner.pid,e.stopping,t):$(this.folder,e.record,o,t);else{B(this.folder,r);let n=o.claim.runner.boot===y();this.conclude(e,o,D(n,o.stop?.cause),new Date(t).toISOString(),t)}}return"settled"}lookAtUnclaimed(e,t,r){let o=e.given!==void 0&&e.runnerEnded;if(!t.cancel&&!o)return e.given===void 0?"waiting":"settled";let{id:n}=e.record;if(m(this.folder.work(n)),t.cancel&&a(this.folder.work(n,"stop"),"cancel"),!a(this.folder.work(n,"claim"),JSON.stringify({pid:0,boot:y(),started:"never"})))return"settled";let s=t.cancel?h({code:0,signal:0},"cancel"):h({code:0,signal:53});return this.settle(e,{...s,ended:new Date(r).toISOString()}),"settled"}conclude(e,t,r,o,n){if(e.stopping!==void 0&&!C(e.stopping,n))return;let s=t.claim===void 0||t.claim.runner.pid===0?{}:{started:t.claim.at};this.settle(e,{...r,...s,ended:o})}settle(e,t){E(this.folder,e.record.id,t),this.forget(e)}forget(e){this.watched.delete(e.record.id),this.settled.add(e.record.id)}admit(e){let t=[...this.watched.values()].filter(d=>d.given!==void 0),r=t.reduce((d,c)=>d+c.record.asks.cpus,0),o=new Set(t.flatMap(d=>d.given?.gpus??[])),n=Array.from({length:this.machine.gpus},(d,c)=>c).filter(d=>!o.has(d)),{asks:s}=e.record;if(!(r+s.cpus<=this.machine.cpus&&s.gpus<=n.length)&&t.length>0)return!1;let f=n.slice(0,s.gpus);return e.given={gpus:f},Q(this.folder,e.record,f,this.machine.gpus,()=>{e.runnerEnded=!0}),!0}};var V=200,Y=2e3;async function Je(i){let e=M(i);for(O(e),process.chdir(e.root);;){let t=W(e);if(t===void 0)return;let r=new b(e,N()),o=Date.now();for(;Date.now()<o+Y;){if(!(0,Z.existsSync)(e.jobs))return;try{r.step(Date.now())&&(o=Date.now())}catch(n){process.stderr.write(`${new Date().toISOString()} ${n instanceof Error?n.stack:String(n)}
`),o=Date.now(),await(0,J.setTimeout)(1e3)}await(0,J.setTimeout)(V)}if(t.close(),!r.hasJobs(Date.now()))return}}export{Je as supervise};
