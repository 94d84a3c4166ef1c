import { createRequire as __createRequire } from 'node:module';
import { fileURLToPath as __fileURLToPath } from 'node:url';
import { dirname as __dirnameOf } from 'node:path';
const require = __createRequire(import.meta.url);
const __requireBuiltin = require;
const __filename = __fileURLToPath(import.meta.url);
const __dirname = __dirnameOf(__filename);
import{a as c}from"./chunk-SJP3LBG4.js";import{c as l}from"./chunk-BUTT3FQ2.js";function m(e,t){if(t===void 0||t.length===0)return e;let o=new Set(e.map(n=>n.name)),r=new Set,s=[];for(let n of t){if(o.has(n)){r.add(n);continue}let i=e.filter(a=>f(n,a.name));i.length===0&&s.push(`no run ${d(n)?"matches":"is named"} "${n}"; ${l(n,[...o])}`);for(let a of i)r.add(a.name)}if(s.length>0)throw new c(`${s.join(`
`)} (nothing was changed)`);return e.filter(n=>r.has(n.name))}var d=e=>/[*?]/.test(e);function f(e,t){let o=e.replace(/[.+^${}()|[\]\\]/g,"\\$&").replaceAll("*",".*").replaceAll("?",".");return new RegExp(`^${o}$`).test(t)}export{m as a,d as b};
