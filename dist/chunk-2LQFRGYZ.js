import { createRequire as __createRequire } from 'node:module';
import { fileURLToPath as __fileURLToPath } from 'node:url';
import { dirname as __dirnameOf } from 'node:path';
const require = __createRequire(import.meta.url);
const __requireBuiltin = require;
const __filename = __fileURLToPath(import.meta.url);
const __dirname = __dirnameOf(__filename);
import{a as U}from"./chunk-SSVZ6CHB.js";import{a as k}from"./chunk-G654LNWT.js";import{a as re}from"./chunk-EMLEMS6W.js";import{a as j,b}from"./chunk-CHM7JA2A.js";import{d}from"./chunk-Z2RUK3MR.js";var D=d(b(),1),p=d(j(),1);var c=d(b(),1),C=d(j(),1),E=e=>e instanceof Error&&"code"in e&&typeof e.code=="string"?e.code:void 0,y=e=>E(e)==="ENOENT"||E(e)==="ENOTDIR",oe=e=>E(e)==="EEXIST",$=0;function ie(e,t,n){$+=1;let r=`${e}.tmp-${process.pid}-${$}`;(0,c.rmSync)(r,{force:!0});let o=(0,c.openSync)(r,"wx",n);try{(0,c.writeSync)(o,t),(0,c.fsyncSync)(o)}finally{(0,c.closeSync)(o)}return r}function se(e){let t=(0,c.openSync)((0,C.dirname)(e),"r");try{(0,c.fsyncSync)(t)}finally{(0,c.closeSync)(t)}}function a(e,t,n=384){let r=ie(e,t,n);try{(0,c.linkSync)(r,e)}catch(o){if(oe(o))return!1;throw o}finally{(0,c.rmSync)(r,{force:!0})}return se(e),!0}function u(e){try{return(0,c.readFileSync)(e,"utf8")}catch(t){if(y(t))return;throw t}}var h=e=>{(0,c.mkdirSync)(e,{recursive:!0,mode:448})};function ge(e){let t=(0,p.join)(e,"scheduler");return{root:t,jobs:(0,p.join)(t,"jobs"),ends:(0,p.join)(t,"ends"),supervisors:(0,p.join)(t,"supervisors"),log:(0,p.join)(t,"supervisor.log"),job:n=>(0,p.join)(t,"jobs",`${n}.json`),end:n=>(0,p.join)(t,"ends",`${n}.json`),token:n=>(0,p.join)(t,"tokens",U(n)),work:(n,r)=>r===void 0?(0,p.join)(t,"work",String(n)):(0,p.join)(t,"work",String(n),r)}}function Se(e){for(let t of["jobs","tokens","work","ends","supervisors"])h((0,p.join)(e.root,t))}function x(e){let t;try{t=(0,D.readdirSync)(e)}catch(n){if(y(n))return[];throw n}return t.filter(n=>/^\d{1,15}(\.json)?$/.test(n)).map(n=>Number.parseInt(n,10))}var B=d(k(),1),W=d(re(),1),A;function ce(){try{return(0,B.execFileSync)("nvidia-smi",["-L"],{encoding:"utf8",timeout:2e4,stdio:["ignore","pipe","ignore"]}).split(`
`).filter(t=>t.startsWith("GPU ")).length}catch{return 0}}function he(){return A??=ce(),{cpus:(0,W.availableParallelism)(),gpus:A}}var G=(e,t)=>`${e} ${t}${e===1?"":"s"}`,J=(e,t)=>`Requested node configuration is not available: ${e}; ${t}`;function xe(e,t){if(e.nodes>1)return J(`the job asks for ${e.nodes} nodes and this is one machine`,"set nodes to 1, or choose a Slurm cluster");if(e.cpus>t.cpus)return J(`the job asks for ${G(e.cpus,"CPU")} and this machine has ${t.cpus}`,`set cpus to ${t.cpus} or fewer, or choose a Slurm cluster`);if(e.gpus>t.gpus)return J(`the job asks for ${G(e.gpus,"GPU")} and nvidia-smi -L shows ${t.gpus} on this machine`,t.gpus===0?"set gpus to 0 to train on the CPU, or choose a Slurm cluster":`set gpus to ${t.gpus} or fewer, or choose a Slurm cluster`);if(e.array)return"Job arrays are not run on this machine; submit each run as a job of its own, or choose a Slurm cluster"}var _=d(b(),1),m=d(j(),1);var K=d(k(),1),O=d(b(),1);function ue(){try{return(0,O.readFileSync)("/proc/sys/kernel/random/boot_id","utf8").trim()}catch{return""}}function R(e){if(process.platform==="linux"){let t;try{t=(0,O.readFileSync)(`/proc/${e}/stat`,"utf8")}catch{return}let n=t.slice(t.lastIndexOf(")")+2).split(" "),r=n[19];return r===void 0||n[0]==="Z"||n[0]==="X"?void 0:{pid:e,boot:ue(),started:r}}try{let t={...process.env,LC_ALL:"C",TZ:"UTC"},n=(0,K.execFileSync)("ps",["-o","stat=,lstart=","-p",String(e)],{encoding:"utf8",env:t}).trim(),[r="Z",...o]=n.split(/\s+/);return r.startsWith("Z")?void 0:{pid:e,boot:"",started:o.join(" ")}}catch{return}}function l(e){let t=R(e.pid);return t!==void 0&&t.boot===e.boot&&t.started===e.started}function f(e){try{let{pid:t,boot:n,started:r}=JSON.parse(e);return typeof t=="number"&&typeof n=="string"&&typeof r=="string"?{pid:t,boot:n,started:r}:void 0}catch{return}}var de=16,L=(e,t)=>(0,m.join)(e.supervisors,`${t}.closed`),T=e=>Math.max(0,...x(e.supervisors));function H(e,t){let n=t>0?u((0,m.join)(e.supervisors,String(t))):void 0,r=n===void 0?void 0:f(n);return r!==void 0&&u(L(e,t))===void 0&&l(r)}function Fe(e){let t=T(e);if(H(e,t))return f(u((0,m.join)(e.supervisors,String(t)))??"")?.pid}function je(e){let t=R(process.pid);if(t===void 0)throw new Error(`cannot read when process ${process.pid} started`);for(;;){let n=T(e);if(H(e,n))return;let r=n+1;if(a((0,m.join)(e.supervisors,String(r)),JSON.stringify(t))){if(T(e)!==r){(0,_.rmSync)((0,m.join)(e.supervisors,String(r)),{force:!0});continue}for(let o of x(e.supervisors).filter(i=>i<=r-de))(0,_.rmSync)((0,m.join)(e.supervisors,String(o)),{force:!0}),(0,_.rmSync)(L(e,o),{force:!0});return{close:()=>{a(L(e,r),"")}}}}}var Z=d(b(),1);var Re=e=>e.toISOString().replace(/\.\d+Z$/,"Z");function q(e){try{return(0,Z.statSync)(e).mtime}catch(t){if(y(t))return;throw t}}var P=(e,t,n)=>q(e.work(t,n))!==void 0;function M(e,t,n){let r=e.work(t,n),o=u(r),i=o===void 0?void 0:q(r);return o===void 0||i===void 0?void 0:{text:o,at:i.toISOString()}}function Le(e,t){let n=u(e.end(t));if(n!==void 0)return{end:JSON.parse(n),running:!1,cancel:!1};let r=M(e,t,"claim"),o=r===void 0?void 0:f(r.text),i=o!==void 0&&l(o),s=M(e,t,"exit"),S=M(e,t,"stop");return{running:i,cancel:P(e,t,"cancel"),...r===void 0||o===void 0?{}:{claim:{runner:o,gpus:JSON.parse(r.text).gpus??[],at:r.at}},...s===void 0?{}:{exit:{how:JSON.parse(s.text),at:s.at}},...S===void 0||s!==void 0&&s.at<S.at?{}:{stop:{cause:S.text}}}}function Te(e,t,n){a(e.end(t),`${JSON.stringify(n)}
`)}function Ue(e,t){let n=u(e.job(t));return n===void 0?void 0:JSON.parse(n)}function ae(e,t){let n=u(e.token(t));return n===void 0?void 0:Number(n)}function $e(e,t){for(let n=Math.max(0,...x(e.jobs))+1;;n+=1)if(a(e.job(n),`${JSON.stringify({id:n,...t})}
`))return n}function Ce(e,t,n){if(a(e.token(t),String(n)))return n;let r=ae(e,t);if(r===void 0)throw new Error(`${e.token(t)} was removed while it was read`);return r}function pe(e,t){return t==="cancel"?{state:"CANCELLED",exit_code:"0:0"}:t==="timeout"?{state:"TIMEOUT",exit_code:"0:0"}:{state:e.code===0&&e.signal===0?"COMPLETED":"FAILED",exit_code:`${e.code}:${e.signal}`}}function Ae(e,t){return t!==void 0?pe({code:0,signal:9},t):e?{state:"FAILED",exit_code:"0:9"}:{state:"NODE_FAIL",exit_code:"0:0"}}var X=d(k(),1);function w(){return(0,X.execFileSync)("ps",["-A","-o","pid=,ppid=,pgid="],{encoding:"utf8",maxBuffer:67108864}).split(`
`).flatMap(t=>{let[n,r,o]=t.trim().split(/\s+/).map(Number);return n===void 0||r===void 0||o===void 0?[]:[{pid:n,parent:r,group:o}]})}function v(e,t){let n=t.find(i=>i.pid===e)?.group,r=new Map,o=new Set;for(let i=!0;i;){i=!1;for(let s of t)s.pid===e||r.has(s.pid)||s.parent!==e&&!r.has(s.parent)&&!o.has(s.group)||(r.set(s.pid,s),s.group!==n&&o.add(s.group),i=!0)}return[...r.values()]}function N(e,t){let n=new Map(t.map(r=>[r.pid,r.group]));return e.filter(r=>n.get(r.pid)===r.group)}function g(e,t){for(let{pid:n}of e)try{process.kill(n,t)}catch{}}var I=5e3;function qe(e,t,n,r){if(n.stop!==void 0)return!0;if(n.claim===void 0)return!1;let o=t.asks.time_seconds,i=o!==void 0&&r>=Date.parse(n.claim.at)+o*1e3;return!n.cancel&&!i?!1:(a(e.work(t.id,"stop"),n.cancel?"cancel":"timeout"),!0)}function Xe(e,t,n){if(t===void 0){let r=v(e,w());return g(r,"SIGTERM"),{since:n,told:r}}if(n>=t.since+I){let r=w();g([...v(e,r),...N(t.told,r)],"SIGKILL")}return t}function Ve(e,t){let n=N(e.told,w());return n.length>0&&t>=e.since+I&&g(n,"SIGKILL"),n.length===0}function Qe(e,t){let n=u(e.work(t,"child")),r=n===void 0?void 0:f(n);if(r===void 0||!l(r))return;let o=w();g([...v(r.pid,o),...o.filter(i=>i.group===r.pid)],"SIGKILL")}function ze(e,t,n,r){let{warning:o,time_seconds:i}=t.asks;if(o===void 0||i===void 0||n.claim===void 0||r<Date.parse(n.claim.at)+(i-o.seconds)*1e3||P(e,t.id,"warned"))return;let s=f(u(e.work(t.id,"child"))??"");s===void 0||!a(e.work(t.id,"warned"),o.signal)||l(s)&&g([{pid:s.pid,parent:0,group:0}],o.signal)}var Q=d(k(),1),z=d(b(),1);var V=String.raw`
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
`;function fe(e,t,n,r){let o=Object.entries(t).filter(([i])=>!/^(SLURM|SLURMD|SBATCH)_/.test(i)&&i!=="SLURM_JOBID");return{...Object.fromEntries(o),SLURM_JOB_ID:String(e.id),SLURM_JOBID:String(e.id),SLURM_JOB_NAME:e.job_name,SLURM_SUBMIT_DIR:e.run_dir,SLURM_CPUS_PER_TASK:String(e.asks.cpus_per_task),SLURM_CPUS_ON_NODE:String(e.asks.cpus),SLURM_JOB_NODELIST:"localhost",SLURM_JOB_NUM_NODES:"1",SLURM_NNODES:"1",...r>0?{CUDA_VISIBLE_DEVICES:n.join(",")}:{},...n.length>0?{SLURM_JOB_GPUS:n.join(",")}:{}}}function ot(e,t,n){h(e.work(t)),a(e.work(t,"environment.json"),JSON.stringify(n))}var it=(e,t)=>(0,z.rmSync)(e.work(t,"environment.json"),{force:!0});function st(e,t,n,r,o){let i=u(e.work(t.id,"environment.json")),s=i===void 0?process.env:JSON.parse(i);h(e.work(t.id));let{script_path:S,attempt:Y,output_path:ee,run_dir:te}=t,ne=JSON.stringify({work:e.work(t.id),script_path:S,attempt:Y,output_path:ee,run_dir:te,gpus:n,grace_ms:I}),F=(0,Q.spawn)(process.execPath,["-e",V,"--",ne],{cwd:e.root,env:fe(t,s,n,r),stdio:"ignore",detached:!0});F.on("error",o),F.on("exit",o),F.unref()}export{y as a,a as b,h as c,ue as d,R as e,Re as f,Le as g,Te as h,ge as i,Se as j,x as k,Ue as l,ae as m,$e as n,Ce as o,pe as p,Ae as q,qe as r,Xe as s,Ve as t,Qe as u,ze as v,ot as w,it as x,st as y,he as z,xe as A,Fe as B,je as C};
