import { createRequire as __createRequire } from 'node:module';
import { fileURLToPath as __fileURLToPath } from 'node:url';
import { dirname as __dirnameOf } from 'node:path';
const require = __createRequire(import.meta.url);
const __requireBuiltin = require;
const __filename = __fileURLToPath(import.meta.url);
const __dirname = __dirnameOf(__filename);
import{a as m}from"./chunk-KDHXWIZK.js";import{a as p,b as f}from"./chunk-CHM7JA2A.js";import{d as o}from"./chunk-Z2RUK3MR.js";var e=o(f(),1),s=o(p(),1);function d(r){let t;try{t=(0,e.readdirSync)(r,{withFileTypes:!0})}catch{return[]}return t.flatMap(({name:i})=>(0,e.existsSync)((0,s.join)(r,i,m))?[i]:[]).sort()}async function a(r,t){if(r===void 0||!d(t.dir).includes(r))return[];let i=(0,s.join)(t.dir,r);return(0,e.readdirSync)(i,{withFileTypes:!0}).filter(n=>n.isDirectory()&&!n.name.startsWith(".")).map(({name:n})=>n).sort()}export{d as a,a as b};
