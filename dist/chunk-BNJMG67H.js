import { createRequire as __createRequire } from 'node:module';
import { fileURLToPath as __fileURLToPath } from 'node:url';
import { dirname as __dirnameOf } from 'node:path';
const require = __createRequire(import.meta.url);
const __requireBuiltin = require;
const __filename = __fileURLToPath(import.meta.url);
const __dirname = __dirnameOf(__filename);
function s(n,e,r,o){let t=n.versionOf(e);if(t===n.version)return;let i="error";return t===void 0?{severity:i,where:r,what:`${n.name} ${e} is there, for which no config can be written`,fix:`install ${n.install} in that environment`}:{severity:i,where:r,what:`${n.name} ${e} is there, and configs are written for ${n.version}`,fix:`set framework_version to ${t} ${o}, or install ${n.name} ${n.version}`}}export{s as a};
