import { createRequire as __createRequire } from 'node:module';
import { fileURLToPath as __fileURLToPath } from 'node:url';
import { dirname as __dirnameOf } from 'node:path';
const require = __createRequire(import.meta.url);
const __requireBuiltin = require;
const __filename = __fileURLToPath(import.meta.url);
const __dirname = __dirnameOf(__filename);
import{b as e}from"./chunk-6DLASSVM.js";var o=e((s,r)=>{r.exports=__requireBuiltin("node:timers/promises")});var t=e((n,i)=>{i.exports=__requireBuiltin("node:crypto")});export{o as a,t as b};
