import { createRequire as __createRequire } from 'node:module';
import { fileURLToPath as __fileURLToPath } from 'node:url';
import { dirname as __dirnameOf } from 'node:path';
const require = __createRequire(import.meta.url);
const __requireBuiltin = require;
const __filename = __fileURLToPath(import.meta.url);
const __dirname = __dirnameOf(__filename);
import{a as g}from"./chunk-SSVZ6CHB.js";import{a as o,b as h,c as d}from"./chunk-B6HDYRGI.js";import{a as f}from"./chunk-SJP3LBG4.js";import{a as m}from"./chunk-CHM7JA2A.js";import{d as a}from"./chunk-Z2RUK3MR.js";var n=a(m(),1);var _=({run:t,config:r,script:e,config_sha256:i,script_sha256:c,own:s},p)=>({run:t,attempt:p,config_sha256:i,script_sha256:c,...s===void 0?{}:{own:{...s,config:r,script:e}}}),l=t=>g(JSON.stringify(t)).slice(0,16),u=(t,r)=>(0,n.join)(t,".runwright","preflights",`${r}.json`);function I(t,r){let e=l(r);return d((0,n.join)(t,".runwright","preflights")),h(u(t,e),`${JSON.stringify(r)}
`),e}function O(t,r){let e=/^[0-9a-f]{16}$/.test(r)?o(u(t,r)):void 0,i=e===void 0?void 0:P(e);if(i===void 0||l(i)!==r)throw new f(`no preflight of this experiment has the id "${r}"; run \`preflight_runs\` and pass the preflight_id that it gives; nothing was submitted`);return i}function P(t){try{return JSON.parse(t)}catch{return}}export{_ as a,I as b,O as c};
