import { createRequire as __createRequire } from 'node:module';
import { fileURLToPath as __fileURLToPath } from 'node:url';
import { dirname as __dirnameOf } from 'node:path';
const require = __createRequire(import.meta.url);
const __requireBuiltin = require;
const __filename = __fileURLToPath(import.meta.url);
const __dirname = __dirnameOf(__filename);
import{i}from"./chunk-UGPOAPME.js";import{a as f,b as p}from"./chunk-BLBGFMNO.js";import{d as c}from"./chunk-6DLASSVM.js";var n=c(p(),1),r=c(f(),1);var u="finetune.slurm";function m(s,t,g){let o=(0,n.readFileSync)((0,r.join)(s,t,g),"utf8"),e=(0,n.readFileSync)((0,r.join)(s,t,u),"utf8");return{run:t,config:o,script:e,config_sha256:i(o),script_sha256:i(e)}}export{u as a,m as b};
