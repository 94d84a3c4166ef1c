import { createRequire as __createRequire } from 'node:module';
import { fileURLToPath as __fileURLToPath } from 'node:url';
import { dirname as __dirnameOf } from 'node:path';
const require = __createRequire(import.meta.url);
const __requireBuiltin = require;
const __filename = __fileURLToPath(import.meta.url);
const __dirname = __dirnameOf(__filename);
function d(t,a){let o=t.map((n,r)=>a.reduce((i,l)=>Math.max(i,l[r]?.length??0),n.length)),e=n=>n.map((r,i)=>r.padEnd(o[i]??0)).join("  ").trimEnd();return[e(t),e(o.map(n=>"-".repeat(n))),...a.map(e)]}var g=t=>t.replace(/[^\P{Cc}\n]/gu,"\uFFFD");export{d as a,g as b};
