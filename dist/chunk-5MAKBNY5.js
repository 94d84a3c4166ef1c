import { createRequire as __createRequire } from 'node:module';
import { fileURLToPath as __fileURLToPath } from 'node:url';
import { dirname as __dirnameOf } from 'node:path';
const require = __createRequire(import.meta.url);
const __requireBuiltin = require;
const __filename = __fileURLToPath(import.meta.url);
const __dirname = __dirnameOf(__filename);
import{b as c}from"./chunk-U3QCQ2OT.js";import{a as s}from"./chunk-SJP3LBG4.js";function m(n,o){if(o===void 0||o.length===0)return n;let t=new Set(n.map(e=>e.name)),r=new Set;for(let e of o){if(t.has(e)){r.add(e);continue}let i=n.filter(a=>d(e,a.name));if(i.length===0)throw new s(`no run is named "${e}"; ${c(e,[...t])}`);for(let a of i)r.add(a.name)}return n.filter(e=>r.has(e.name))}function d(n,o){let t=n.replace(/[.+^${}()|[\]\\]/g,"\\$&").replaceAll("*",".*").replaceAll("?",".");return new RegExp(`^${t}$`).test(o)}export{m as a};
