import { createRequire as __createRequire } from 'node:module';
import { fileURLToPath as __fileURLToPath } from 'node:url';
import { dirname as __dirnameOf } from 'node:path';
const require = __createRequire(import.meta.url);
const __requireBuiltin = require;
const __filename = __fileURLToPath(import.meta.url);
const __dirname = __dirnameOf(__filename);
import{a as s}from"./chunk-CHM7JA2A.js";import{d as i}from"./chunk-Z2RUK3MR.js";var n=i(s(),1);function u(t,o,e){return{token:e.token,job_name:e.job_name,...e.job_id===void 0?{}:{job_id:e.job_id},...e.task===void 0?{}:{task:e.task},run_dir:n.posix.join(t,o),attempt:e.attempt,output_path:r(t,o,e.attempt),since:e.since,may_have_ended:e.state!=="PENDING"}}var r=(t,o,e)=>n.posix.join(t,o,"logs",`attempt-${e}.out`);export{u as a,r as b};
