import { createRequire as __createRequire } from 'node:module';
import { fileURLToPath as __fileURLToPath } from 'node:url';
import { dirname as __dirnameOf } from 'node:path';
const require = __createRequire(import.meta.url);
const __requireBuiltin = require;
const __filename = __fileURLToPath(import.meta.url);
const __dirname = __dirnameOf(__filename);
var f=({job_id:t,preflight_id:n})=>t===void 0?`launch_runs with preflight_id ${n} finds out without submitting twice; monitor_jobs looks again`:`nothing is submitted in its place: once the site confirms that job ${t} is gone for good, train it under a new name in the plan`;var i=(t,n)=>t.split(`
`).map(e=>e.slice(e.trimEnd().lastIndexOf("\r")+1).trimEnd()).filter(e=>e!=="").slice(-n);var d=600,m=1800,u=30;function g({step:t,seconds_per_step:n},{quiet_seconds:e,output:o}){let r=t===void 0?m:Math.max(d,u*(n??0));if(e===void 0||e<r)return;let s=t===void 0?"before its first step":`at step ${t}`,a=n===void 0?"":`; a step took ${Number(n.toPrecision(2))} s`;return{cause:"stalled",what:`it stands still ${s}: nothing was written for ${Math.floor(e/60)} minutes${a}`,evidence:i(o,3),mend:'read its log; if it does not move again, cancel it (cancel_runs), then mode "resume"',safe_to_retry:!0}}export{f as a,i as b,g as c};
