import { createRequire as __createRequire } from 'node:module';
import { fileURLToPath as __fileURLToPath } from 'node:url';
import { dirname as __dirnameOf } from 'node:path';
const require = __createRequire(import.meta.url);
const __requireBuiltin = require;
const __filename = __fileURLToPath(import.meta.url);
const __dirname = __dirnameOf(__filename);
var e=/\u001b\[[0-9;?]*[ -/]*[@-~]|[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]|[\u{e0000}-\u{e007f}]/gu,n=u=>u.replace(e,"");function r(u){let t=n(u).replace(/<(\/?)(untrusted-data)/gi,"<$1 $2");return`<untrusted-data>
${t}${t===""||t.endsWith(`
`)?"":`
`}</untrusted-data>`}export{n as a,r as b};
