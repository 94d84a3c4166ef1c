import { createRequire as __createRequire } from 'node:module';
import { fileURLToPath as __fileURLToPath } from 'node:url';
import { dirname as __dirnameOf } from 'node:path';
const require = __createRequire(import.meta.url);
const __requireBuiltin = require;
const __filename = __fileURLToPath(import.meta.url);
const __dirname = __dirnameOf(__filename);
import{a as l}from"./chunk-PA4KIE7Z.js";import{a,b as m}from"./chunk-CHM7JA2A.js";import{d as i}from"./chunk-Z2RUK3MR.js";var o=i(m(),1),r=i(a(),1),e=i(l(),1),n;function f(){for(let t=(0,r.dirname)((0,e.fileURLToPath)(import.meta.url));;t=(0,r.dirname)(t)){if((0,o.existsSync)((0,r.join)(t,"templates")))return t;if((0,r.dirname)(t)===t)throw new Error("the templates/ folder is missing from this installation of runwright")}}function s(t){return n??=f(),(0,r.join)(n,t)}var p=t=>s((0,r.join)("templates",t)),h=t=>s((0,r.join)("python",t));export{s as a,p as b,h as c};
