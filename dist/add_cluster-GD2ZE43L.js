import { createRequire as __createRequire } from 'node:module';
import { fileURLToPath as __fileURLToPath } from 'node:url';
import { dirname as __dirnameOf } from 'node:path';
const require = __createRequire(import.meta.url);
const __requireBuiltin = require;
const __filename = __fileURLToPath(import.meta.url);
const __dirname = __dirnameOf(__filename);
import{a as d,b as a,c as f}from"./chunk-LARCWQPB.js";import{g as s}from"./chunk-4CXXHSJR.js";import"./chunk-P6GQLSMO.js";import{a as m,b as p,c as u}from"./chunk-B6HDYRGI.js";import"./chunk-SJP3LBG4.js";import"./chunk-F4CPLL22.js";import{a as x}from"./chunk-CHM7JA2A.js";import"./chunk-BUTT3FQ2.js";import{d as c}from"./chunk-Z2RUK3MR.js";var y=c(x(),1);async function A({cluster:t,profile:r,beside:l},i){a(t,r);let o=l==="project"?i.root.dir:i.config_dir,e=(0,y.join)(o,s),n=f(m(e)??"",e,t,r);return n!==void 0&&(u(o),p(e,n)),{summary:n===void 0?`${t} is in ${e} already, with these very lines.`:`${t} was added to ${e}.`,file:e,yaml:d(t,r),next:{tool:"check_cluster",why:`checks ${t} as it is written, and says what is missing`}}}export{A as addCluster};
