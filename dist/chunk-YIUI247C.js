import { createRequire as __createRequire } from 'node:module';
import { fileURLToPath as __fileURLToPath } from 'node:url';
import { dirname as __dirnameOf } from 'node:path';
const require = __createRequire(import.meta.url);
const __requireBuiltin = require;
const __filename = __fileURLToPath(import.meta.url);
const __dirname = __dirnameOf(__filename);
import{i as a,j as l}from"./chunk-5NDW2NN3.js";import{a as m}from"./chunk-SJP3LBG4.js";import{a as u}from"./chunk-BLBGFMNO.js";import{d as f}from"./chunk-6DLASSVM.js";var s=f(u(),1);function p(e,i){d(i,n=>a((0,s.join)(e,n.name)),"setup_experiment_dirs","run folders")}function $(e,i,n,o){d(i,r=>l((0,s.join)(e,r.name,n)),o,`${n} files`)}function d(e,i,n,o){let r=e.filter(t=>!i(t)).map(t=>t.name);if(r.length===0)return;let g=r.slice(0,5).join(", ")+(r.length>5?", ...":"");throw new m(`run \`${n}\` first: ${r.length} of ${e.length} ${o} are missing: ${g}; nothing was changed`)}export{p as a,$ as b};
