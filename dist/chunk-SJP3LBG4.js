import { createRequire as __createRequire } from 'node:module';
import { fileURLToPath as __fileURLToPath } from 'node:url';
import { dirname as __dirnameOf } from 'node:path';
const require = __createRequire(import.meta.url);
const __requireBuiltin = require;
const __filename = __fileURLToPath(import.meta.url);
const __dirname = __dirnameOf(__filename);
var s=({where:o,what:e,fix:r})=>`${o}: ${e}; ${r}`,n=class extends Error{name="UserError";problems;constructor(e,r=[]){super([e,...r.map(s)].join(`
`)),this.problems=r}};function i(o,e){let r=e.filter(t=>t.severity==="error");if(r.length>0)throw new n(o,r)}export{n as a,i as b};
