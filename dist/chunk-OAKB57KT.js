import { createRequire as __createRequire } from 'node:module';
import { fileURLToPath as __fileURLToPath } from 'node:url';
import { dirname as __dirnameOf } from 'node:path';
const require = __createRequire(import.meta.url);
const __requireBuiltin = require;
const __filename = __fileURLToPath(import.meta.url);
const __dirname = __dirnameOf(__filename);
import{a as o}from"./chunk-SSVZ6CHB.js";import{a as p,b as a}from"./chunk-CHM7JA2A.js";import{d as g}from"./chunk-Z2RUK3MR.js";var c=g(a(),1),n=g(p(),1);var f="finetune.slurm";function u(i,r,e){let s=(0,c.readFileSync)((0,n.join)(i,r,e),"utf8"),t=(0,c.readFileSync)((0,n.join)(i,r,f),"utf8");return{run:r,config:s,script:t,config_sha256:o(s),script_sha256:o(t)}}function l({run:i,own:r},e,s){let t=r===void 0?i:n.posix.join(i,"attempts",String(e));return{config:n.posix.join(t,s),script:n.posix.join(t,f)}}export{f as a,u as b,l as c};
