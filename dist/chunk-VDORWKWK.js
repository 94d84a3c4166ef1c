import { createRequire as __createRequire } from 'node:module';
import { fileURLToPath as __fileURLToPath } from 'node:url';
import { dirname as __dirnameOf } from 'node:path';
const require = __createRequire(import.meta.url);
const __requireBuiltin = require;
const __filename = __fileURLToPath(import.meta.url);
const __dirname = __dirnameOf(__filename);
var e="runs_plan.md";function i(t,n){return n.type==="base"?n.own:n.own.size===0?t.defaults:new Map([...t.defaults,...n.own])}var r=t=>t.runs.filter(n=>n.type==="fine-tune"),s=t=>`${e}:${t.line}:${t.column}`;export{e as a,i as b,r as c,s as d};
