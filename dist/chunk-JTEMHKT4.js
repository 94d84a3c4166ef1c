import { createRequire as __createRequire } from 'node:module';
import { fileURLToPath as __fileURLToPath } from 'node:url';
import { dirname as __dirnameOf } from 'node:path';
const require = __createRequire(import.meta.url);
const __requireBuiltin = require;
const __filename = __fileURLToPath(import.meta.url);
const __dirname = __dirnameOf(__filename);
import{a as u}from"./chunk-P6GQLSMO.js";var a=/^#SBATCH\s+--([a-z-]+)(?:=(.*))?$/,g=new Set(["job-name","output","error","comment","chdir"]);function c(e){let r=new Map;for(let t of e.split(`
`)){if(t.trim()!==""&&!t.startsWith("#"))break;let n=a.exec(t.trimEnd());n?.[1]!==void 0&&r.set(n[1],n[2]??"")}return r}var p=e=>[...c(e)].filter(([r])=>!g.has(r)).map(([r,t])=>`${r}=${t}`).sort().join(`
`);function d(e){let r=c(e),t=r.get("gres")??r.get("gpus-per-node")??r.get("gpus")??"",n=Number(/(?:^|:)(\d+)$/.exec(t)?.[1]??0),s=r.has("gpus")?1:Number(r.get("nodes")??1);return n*s*(u(r.get("time")??"")??0)/3600}var l=/^(?:--(?:job-name|output|error|comment|chdir)(?:[= ]|$)|-[JoeD])/;function f(e){let[r="",...t]=e.split(`
`);if(!/^#!\s*\/(usr\/)?bin\/bash\s*$/.test(r))return;let n=[];for(let s of t){if(s.trim()!==""&&!s.startsWith("#"))break;let o=/^#SBATCH\s+(.*\S)/.exec(s)?.[1];if(!(o===void 0||l.test(o))){if(/--array|(?:^|\s)-a/.test(o))return;n.push(s.trimEnd())}}return n}function b(e){return e.length<=20?[...e]:[...e.slice(0,20),`... and ${e.length-20} more`]}var i=5;function x(e){return e.length<=i+1?[...e]:[...e.slice(0,i),`... and ${e.length-i} more`]}function N(e){if(e.length===0)return{};let r=[...e].sort((n,s)=>+(s.severity==="error")-+(n.severity==="error")),t=r.slice(0,20);return r.length>20&&t.push({severity:"warning",where:"problems",what:`${r.length-20} more are not shown`,fix:'mend these and call again, or choose fewer runs with "runs"'}),{problems:t}}var w=(e,r)=>`${e} ${r}${e===1?"":"s"}`;export{c as a,p as b,d as c,f as d,b as e,x as f,N as g,w as h};
