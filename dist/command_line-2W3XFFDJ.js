import { createRequire as __createRequire } from 'node:module';
import { fileURLToPath as __fileURLToPath } from 'node:url';
import { dirname as __dirnameOf } from 'node:path';
const require = __createRequire(import.meta.url);
const __requireBuiltin = require;
const __filename = __fileURLToPath(import.meta.url);
const __dirname = __dirnameOf(__filename);
import{a as l}from"./chunk-NIBJ352P.js";import{a as u}from"./chunk-RVAKBHQD.js";import{a as R}from"./chunk-3GXORERU.js";import{a as y}from"./chunk-PA4KIE7Z.js";import{a as T}from"./chunk-G654LNWT.js";import{a as n}from"./chunk-SJP3LBG4.js";import{c as d}from"./chunk-BUTT3FQ2.js";import{d as m}from"./chunk-Z2RUK3MR.js";var g=m(T(),1),E=m(y(),1);var p=m(R(),1);var b=`runwright: fine-tuning experiments on Slurm, one stage at a time

  runwright                          serves MCP on stdin and stdout, for Claude Code and other clients
  runwright status [EXPERIMENT]      what is done and what is to do, from the disk alone
  runwright monitor EXPERIMENT       watches the jobs to their end; --once looks once
  runwright doctor [CLUSTER]         what is here, and what each cluster of clusters.yaml lacks
  runwright demo [--cluster]         a small experiment with the real torchtune, from a plan to checkpoints
  runwright --version

EXPERIMENT is a folder, absolute or relative to the experiments' root (RUNWRIGHT_EXPERIMENTS, else experiments/ of the project).
`,h=["status","monitor","doctor","demo"];async function w(o,t,r){let{values:i,positionals:e}=C(o);if(i.version)return f(r,`${l}
`);let[s,a,...c]=e;if(i.help||s===void 0)return f(r,b);if(!h.includes(s))throw new n(`there is no command "${s}"; ${d(s,h)}`);if(c.length>0)throw new n(`${s} takes one argument; "${c.join(" ")}" is too much`);if(i.once&&s!=="monitor")throw new n("--once belongs to monitor");switch(s){case"status":return(await import("./status-S7NGHXOT.js")).status(a,t,r);case"monitor":if(t.read_only===!0)throw new n("monitor records what it sees, and RUNWRIGHT_READ_ONLY is set; runwright status reads only the disk");if(a===void 0)throw new n("name the experiment: runwright monitor EXPERIMENT");return(await import("./monitor-4C7FES5W.js")).monitor(a,i.once,t,r);default:return(await import("./doctor-DOB3IAUW.js")).doctor(a,t,r)}}function f(o,t){return o.write(t),0}function C(o){let t={type:"boolean",default:!1};try{return(0,p.parseArgs)({args:[...o],allowPositionals:!0,options:{once:t,help:{...t,short:"h"},version:t}})}catch(r){throw new n(r instanceof Error?r.message:String(r))}}async function k(o,t){if(o[0]==="demo")return x(o.slice(1));let r=new AbortController;for(let e of["SIGINT","SIGTERM"])process.once(e,()=>r.abort());let i={write:e=>{process.stdout.write(e)},live:process.stdout.isTTY===!0};try{return await w(o,{...t,progress:()=>{},signal:r.signal},i)}catch(e){if(r.signal.aborted)return process.stderr.write(`stopped watching; the jobs go on
`),130;if(!(e instanceof n||e instanceof u))throw e;return process.stderr.write(`runwright: ${e.message}
`),2}finally{await t.close()}}function x(o){let t=(0,E.fileURLToPath)(new URL("../dist/demo.js",import.meta.url));return(0,g.spawnSync)(process.execPath,[t,...o],{stdio:"inherit"}).status??1}export{k as commandLine};
