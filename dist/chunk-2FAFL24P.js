import { createRequire as __createRequire } from 'node:module';
import { fileURLToPath as __fileURLToPath } from 'node:url';
import { dirname as __dirnameOf } from 'node:path';
const require = __createRequire(import.meta.url);
const __requireBuiltin = require;
const __filename = __fileURLToPath(import.meta.url);
const __dirname = __dirnameOf(__filename);
import{b as e}from"./chunk-6DLASSVM.js";var t=e((d,n)=>{n.exports=__requireBuiltin("node:url")});var i=e((a,o)=>{o.exports=__requireBuiltin("node:process")});var r=class extends Error{name="ConnectionError"};export{i as a,t as b,r as c};
