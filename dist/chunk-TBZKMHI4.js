import { createRequire as __createRequire } from 'node:module';
import { fileURLToPath as __fileURLToPath } from 'node:url';
import { dirname as __dirnameOf } from 'node:path';
const require = __createRequire(import.meta.url);
const __requireBuiltin = require;
const __filename = __fileURLToPath(import.meta.url);
const __dirname = __dirnameOf(__filename);
import{b as e}from"./chunk-Z2RUK3MR.js";var o=e((l,t)=>{t.exports=__requireBuiltin("node:fs/promises")});function n(r){if(r.includes("\0"))throw new Error("a NUL byte cannot be part of a shell word");return/^[A-Za-z0-9_./:=@%+,-]+$/.test(r)?r:`'${r.replaceAll("'","'\\''")}'`}var s=r=>r.map(n).join(" ");export{o as a,n as b,s as c};
