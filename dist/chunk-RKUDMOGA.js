import { createRequire as __createRequire } from 'node:module';
import { fileURLToPath as __fileURLToPath } from 'node:url';
import { dirname as __dirnameOf } from 'node:path';
const require = __createRequire(import.meta.url);
const __requireBuiltin = require;
const __filename = __fileURLToPath(import.meta.url);
const __dirname = __dirnameOf(__filename);
import{a as s}from"./chunk-2UUNOUNV.js";import{d as f}from"./chunk-Z2RUK3MR.js";var o=f(s(),1),a=1e5;function u(e,n,c){if(Buffer.byteLength(e)<a&&!(c&&/[\n\r!\\]/.test(e)))return n===void 0?{command:e}:{command:e,input:n};let r=`#${(0,o.randomBytes)(8).toString("hex")}`,t=Buffer.from(`${e}
${r}`),i=n===void 0?"exec </dev/null; ":"";return{command:`c=$(head -c ${t.length}); case $c in *"${r}") ;; *) echo "the command was cut short" >&2; exit 255;; esac; ${i}eval "$c"`,input:n===void 0?t:Buffer.concat([t,n])}}export{u as a};
