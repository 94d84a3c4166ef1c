import { createRequire as __createRequire } from 'node:module';
import { fileURLToPath as __fileURLToPath } from 'node:url';
import { dirname as __dirnameOf } from 'node:path';
const require = __createRequire(import.meta.url);
const __requireBuiltin = require;
const __filename = __fileURLToPath(import.meta.url);
const __dirname = __dirnameOf(__filename);
import{a as r}from"./chunk-CHM7JA2A.js";import{d as i}from"./chunk-Z2RUK3MR.js";var n=i(r(),1);function u(o,e,t){return{token:t.token,job_name:t.job_name,...t.job_id===void 0?{}:{job_id:t.job_id},...t.task===void 0?{}:{task:t.task},run_dir:n.posix.join(o,e),attempt:t.attempt,output_path:s(o,e,t.attempt),since:t.since}}var s=(o,e,t)=>n.posix.join(o,e,"logs",`attempt-${t}.out`);export{u as a,s as b};
