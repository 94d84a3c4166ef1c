import { createRequire as __createRequire } from 'node:module';
import { fileURLToPath as __fileURLToPath } from 'node:url';
import { dirname as __dirnameOf } from 'node:path';
const require = __createRequire(import.meta.url);
const __requireBuiltin = require;
const __filename = __fileURLToPath(import.meta.url);
const __dirname = __dirnameOf(__filename);
import{b as e}from"./chunk-Z2RUK3MR.js";var t=e((o,i)=>{i.exports=__requireBuiltin("node:path")});var n=e((u,r)=>{r.exports=__requireBuiltin("node:fs")});export{t as a,n as b};
