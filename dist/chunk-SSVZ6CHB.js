import { createRequire as __createRequire } from 'node:module';
import { fileURLToPath as __fileURLToPath } from 'node:url';
import { dirname as __dirnameOf } from 'node:path';
const require = __createRequire(import.meta.url);
const __requireBuiltin = require;
const __filename = __fileURLToPath(import.meta.url);
const __dirname = __dirnameOf(__filename);
import{a as s}from"./chunk-2UUNOUNV.js";import{d as e}from"./chunk-Z2RUK3MR.js";var t=e(s(),1),i=r=>(0,t.createHash)("sha256").update(r).digest("hex");export{i as a};
