import { createRequire as __createRequire } from 'node:module';
import { fileURLToPath as __fileURLToPath } from 'node:url';
import { dirname as __dirnameOf } from 'node:path';
const require = __createRequire(import.meta.url);
const __requireBuiltin = require;
const __filename = __fileURLToPath(import.meta.url);
const __dirname = __dirnameOf(__filename);
import{b as p}from"./chunk-6524YW2T.js";import{w as r}from"./chunk-6FCTGRPD.js";function a(t,e){let{attempts:o}=r(t.place.dir);return t.attempts=o,p(t.place.dir,t.plan.experiment,t.plan.runs,o,e.now())}export{a};
