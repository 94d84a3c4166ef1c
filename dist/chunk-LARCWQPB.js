import { createRequire as __createRequire } from 'node:module';
import { fileURLToPath as __fileURLToPath } from 'node:url';
import { dirname as __dirnameOf } from 'node:path';
const require = __createRequire(import.meta.url);
const __requireBuiltin = require;
const __filename = __fileURLToPath(import.meta.url);
const __dirname = __dirnameOf(__filename);
import{g as l,h as f}from"./chunk-4CXXHSJR.js";import{a as o}from"./chunk-SJP3LBG4.js";import{a as w}from"./chunk-F4CPLL22.js";import{d as c}from"./chunk-Z2RUK3MR.js";var g=c(w(),1);var h=(r,e)=>(0,g.stringify)({[r]:e},{lineWidth:0});function u(r,e){let{profiles:t,problems:n}=f(h(r,e),`profile ${r}`),i=t.get(r);if(i!==void 0&&n.length===0)return i;throw new o(`this profile of ${r} cannot be used; nothing was changed`,n.map(s=>({...s,where:`profile ${r}`})))}function $(r,e,t,n){let{profiles:i,problems:s}=f(r,l);if(s.length>0)throw new o(`${e} has errors; correct them first; nothing was changed`,s);let d=i.get(t);if(d!==void 0){if(JSON.stringify(d)===JSON.stringify(u(t,n)))return;throw new o(`${e} has a cluster "${t}" already, with other lines; edit it there, or choose another name; nothing was changed`)}let p=`${r}${r===""||r.endsWith(`
`)?"":`
`}${h(t,n)}`;if(f(p,l).problems.length===0)return p;throw new o(`the entry cannot be put at the end of ${e}; write it there by hand:
${h(t,n)}`)}export{h as a,u as b,$ as c};
