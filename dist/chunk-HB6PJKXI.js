import { createRequire as __createRequire } from 'node:module';
import { fileURLToPath as __fileURLToPath } from 'node:url';
import { dirname as __dirnameOf } from 'node:path';
const require = __createRequire(import.meta.url);
const __requireBuiltin = require;
const __filename = __fileURLToPath(import.meta.url);
const __dirname = __dirnameOf(__filename);
import{b as o}from"./chunk-FGGX7VTU.js";var i=(r=[])=>r.flatMap(({severity:e,where:m,what:l,fix:p})=>[o(`${e}: ${m}: ${l}`),o(`  ${p}`)]);export{i as a};
