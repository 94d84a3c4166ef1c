import { createRequire as __createRequire } from 'node:module';
import { fileURLToPath as __fileURLToPath } from 'node:url';
import { dirname as __dirnameOf } from 'node:path';
const require = __createRequire(import.meta.url);
const __requireBuiltin = require;
const __filename = __fileURLToPath(import.meta.url);
const __dirname = __dirnameOf(__filename);
var r="runs_plan.md",s=({at:t,cells:n},e)=>n?.get(e)??t;function o(t,n){return n.type==="base"?n.own:n.own.size===0?t.defaults:new Map([...t.defaults,...n.own])}var a=t=>t.runs.filter(n=>n.type==="fine-tune"),i=t=>`${r}:${t.line}:${t.column}`,l=(t,n,e)=>({severity:"error",where:i(t),what:n,fix:e});export{r as a,s as b,o as c,a as d,i as e,l as f};
