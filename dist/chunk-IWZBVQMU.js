import { createRequire as __createRequire } from 'node:module';
import { fileURLToPath as __fileURLToPath } from 'node:url';
import { dirname as __dirnameOf } from 'node:path';
const require = __createRequire(import.meta.url);
const __requireBuiltin = require;
const __filename = __fileURLToPath(import.meta.url);
const __dirname = __dirnameOf(__filename);
import{a as m}from"./chunk-EIWZXWE5.js";import{a as s}from"./chunk-KDHXWIZK.js";import{a as o}from"./chunk-SJP3LBG4.js";import{a as u}from"./chunk-CHM7JA2A.js";import{b as i}from"./chunk-BUTT3FQ2.js";import{d as f}from"./chunk-Z2RUK3MR.js";var p=f(u(),1);var a=5;function E(e,r,t,n="run `plan_runs` first"){return new o(`${r} has no ${s}; ${g(e,m(t.dir),n)}; nothing was changed`)}function g(e,r,t){let n=c(e,r)??i((0,p.basename)(e),r);if(n!==void 0)return`did you mean "${n}"? If not, ${t}`;if(r.length===0)return`${t}, or check experiment_dir`;let d=r.slice(0,a).join(", ")+(r.length>a?", ...":"");return`${t}, or name an experiment that is there: ${d}`}function c(e,r){let t=e.split(/[/\\]/).map(n=>n.toLowerCase());return r.find(n=>t.includes(n.toLowerCase()))}export{E as a};
