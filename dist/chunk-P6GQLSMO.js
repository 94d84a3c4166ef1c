import { createRequire as __createRequire } from 'node:module';
import { fileURLToPath as __fileURLToPath } from 'node:url';
import { dirname as __dirnameOf } from 'node:path';
const require = __createRequire(import.meta.url);
const __requireBuiltin = require;
const __filename = __fileURLToPath(import.meta.url);
const __dirname = __dirnameOf(__filename);
var o=/^(?:(?<days>\d{1,4})-(?<dayHours>\d{1,2})(?::(?<dayMinutes>\d{1,2})(?::(?<daySeconds>\d{1,2}))?)?|(?<a>\d{1,6})(?::(?<b>\d{1,2})(?::(?<c>\d{1,2}))?)?)$/;function s(r){let e=o.exec(r.trim())?.groups;if(e===void 0)return;let n=u=>Number(e[u]??0),d;if(e.days!==void 0){if(n("dayHours")>23||n("dayMinutes")>59||n("daySeconds")>59)return;d=((n("days")*24+n("dayHours"))*60+n("dayMinutes"))*60+n("daySeconds")}else if(e.c!==void 0){if(n("b")>59||n("c")>59)return;d=(n("a")*60+n("b"))*60+n("c")}else{if(n("b")>59)return;d=n("a")*60+n("b")}return d>0?d:void 0}var t=r=>String(r).padStart(2,"0");function a(r){let e=Math.max(0,Math.round(r)),n=Math.floor(e/86400),d=`${t(Math.floor(e%86400/3600))}:${t(Math.floor(e%3600/60))}:${t(e%60)}`;return n>0?`${n}-${d}`:d}export{s as a,a as b};
