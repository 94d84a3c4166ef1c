import { createRequire as __createRequire } from 'node:module';
import { fileURLToPath as __fileURLToPath } from 'node:url';
import { dirname as __dirnameOf } from 'node:path';
const require = __createRequire(import.meta.url);
const __requireBuiltin = require;
const __filename = __fileURLToPath(import.meta.url);
const __dirname = __dirnameOf(__filename);
import{a as p}from"./chunk-P6GQLSMO.js";var g=/^(idle|mixed)/;function _(t){let n=new Map;for(let i of t.split(`
`)){let[e,s,r,u,l,m]=i.split("|");if(e===void 0||r===void 0||m===void 0)continue;let a=e.replace(/\*$/,""),d=Number(u)||0,o=n.get(a)??{name:a,is_default:e.endsWith("*"),up:s==="up",max_time:r,nodes:0,nodes_free:0,gpus:{}};o.nodes+=d,g.test(l??"")&&(o.nodes_free+=d);for(let[f,c]of b(m))o.gpus[f]=(o.gpus[f]??0)+c*d;n.set(a,o)}return[...n.values()]}function b(t){return[...t.matchAll(/(?:^|,)gpu(?::([A-Za-z][\w.-]*))?:(\d+)/g)].map(n=>[n[1]??"gpu",Number(n[2])])}function w(t){return t.split(`
`).flatMap(n=>{let[i,e,s,r]=n.split("|");return i===void 0||i===""||r===void 0?[]:[{name:i,...e!==void 0&&p(e)!==void 0?{max_wall:e}:{},.../^\d+$/.test(s??"")?{max_submit:Number(s)}:{},.../^\d+$/.test(r)?{max_jobs:Number(r)}:{}}]})}function y(t){return t.split(`
`).flatMap(n=>{let[i,e,s,r]=n.split("|");return i===void 0||i===""||s===void 0?[]:[{account:i,...e===void 0||e===""?{}:{partition:e},qos:s.split(",").filter(u=>u!==""),.../^\d+$/.test(r??"")?{max_submit:Number(r)}:{}}]})}var $=(t,n)=>new RegExp(`^${n}\\s*= (.*)$`,"m").exec(t)?.[1]?.trim();export{_ as a,w as b,y as c,$ as d};
