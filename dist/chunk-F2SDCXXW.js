import { createRequire as __createRequire } from 'node:module';
import { fileURLToPath as __fileURLToPath } from 'node:url';
import { dirname as __dirnameOf } from 'node:path';
const require = __createRequire(import.meta.url);
const __requireBuiltin = require;
const __filename = __fileURLToPath(import.meta.url);
const __dirname = __dirnameOf(__filename);
import{d as i}from"./chunk-URFENUVA.js";import{a as d}from"./chunk-CHM7JA2A.js";import{d as a}from"./chunk-Z2RUK3MR.js";var r=a(d(),1);function m(e,t){return e.experiments_dir===void 0?t.dir:r.posix.join(e.experiments_dir,t.name)}var u=(e,t)=>e.connection==="local"&&m(e,t)===t.dir;function c(e,t,s,n){let l=r.posix.join(m(e,t),n.name),o=s.models.get(n.model);return o?.path!==void 0?(0,r.isAbsolute)(o.path)?{run_dir:l,model_dir:o.path.replace(/(.)\/+$/,"$1")}:{severity:"error",where:i(o.at),what:`the path of model "${o.name}" is relative: ${o.path}`,fix:"write the absolute path on the cluster, since the job starts in another folder"}:e.models_dir!==void 0?{run_dir:l,model_dir:(0,r.join)(e.models_dir,n.model)}:{severity:"error",where:i(n.at),what:`it is not known where model "${n.model}" lies on cluster "${e.name}"`,fix:`give it a row under "## Models" with its path, or set models_dir of ${e.name} in clusters.yaml`}}export{m as a,u as b,c};
