import { createRequire as __createRequire } from 'node:module';
import { fileURLToPath as __fileURLToPath } from 'node:url';
import { dirname as __dirnameOf } from 'node:path';
const require = __createRequire(import.meta.url);
const __requireBuiltin = require;
const __filename = __fileURLToPath(import.meta.url);
const __dirname = __dirnameOf(__filename);
import{c as d,e as a}from"./chunk-KDHXWIZK.js";import{a as p}from"./chunk-CHM7JA2A.js";import{d as f}from"./chunk-Z2RUK3MR.js";var o=f(p(),1);function c(e,t){return e.experiments_dir===void 0?t.dir:o.posix.join(e.experiments_dir,t.name)}var h=(e,t)=>e.connection==="local"&&c(e,t)===t.dir;function x(e,t,n,i){let r=o.posix.join(c(e,t),i.name),s=u(e,n,i.model,i.at);if(typeof s!="string")return s;let l=i.type==="fine-tune"?d(n,i).get("teacher_model"):void 0;if(l===void 0)return{run_dir:r,model_dir:s};let m=u(e,n,String(l.value),l.at);return typeof m=="string"?{run_dir:r,model_dir:s,teacher_dir:m}:m}function u(e,t,n,i){let r=t.models.get(n);return r?.path!==void 0?(0,o.isAbsolute)(r.path)?r.path.replace(/(.)\/+$/,"$1"):{severity:"error",where:a(r.at),what:`the path of model "${r.name}" is relative: ${r.path}`,fix:"write the absolute path on the cluster, since the job starts in another folder"}:e.models_dir!==void 0?(0,o.join)(e.models_dir,n):{severity:"error",where:a(i),what:`it is not known where model "${n}" lies on cluster "${e.name}"`,fix:`give it a row under "## Models" with its path, or set models_dir of ${e.name} in clusters.yaml`}}export{c as a,h as b,x as c};
