import { createRequire as __createRequire } from 'node:module';
import { fileURLToPath as __fileURLToPath } from 'node:url';
import { dirname as __dirnameOf } from 'node:path';
const require = __createRequire(import.meta.url);
const __requireBuiltin = require;
const __filename = __fileURLToPath(import.meta.url);
const __dirname = __dirnameOf(__filename);
import{a as l}from"./chunk-HB6PJKXI.js";import{a as s}from"./chunk-N6Y6UH3Q.js";import"./chunk-6524YW2T.js";import"./chunk-OAKB57KT.js";import"./chunk-6FCTGRPD.js";import"./chunk-IWZBVQMU.js";import"./chunk-O2DX2JM6.js";import"./chunk-JTEMHKT4.js";import"./chunk-T7ENTRUV.js";import"./chunk-EIWZXWE5.js";import{d as u,e as p}from"./chunk-4EWGAUIV.js";import"./chunk-VBGXL26H.js";import"./chunk-KDHXWIZK.js";import{a as m}from"./chunk-FGGX7VTU.js";import"./chunk-SSVZ6CHB.js";import"./chunk-AAYC3PXS.js";import"./chunk-TBZKMHI4.js";import"./chunk-WTVOVSRA.js";import"./chunk-63JGKGNY.js";import"./chunk-2UUNOUNV.js";import"./chunk-RVAKBHQD.js";import"./chunk-CMMTIRQ4.js";import"./chunk-3GXORERU.js";import"./chunk-3XFCPWDI.js";import"./chunk-PA4KIE7Z.js";import"./chunk-G654LNWT.js";import"./chunk-EMLEMS6W.js";import"./chunk-4CXXHSJR.js";import"./chunk-P6GQLSMO.js";import"./chunk-B6HDYRGI.js";import{a as f}from"./chunk-SJP3LBG4.js";import"./chunk-F4CPLL22.js";import{a as S,b as T}from"./chunk-CHM7JA2A.js";import"./chunk-MHFBGTZG.js";import"./chunk-BUTT3FQ2.js";import{d as a}from"./chunk-Z2RUK3MR.js";var c=a(T(),1),y=a(S(),1);async function N(n,t,r){if(n===void 0)return j(t,r);let{summary:o,stages:i,next:e,problems:d}=await s({experiment_dir:n},t),g=i.map(({stage:x,done:h,to_do:$,missing:b})=>[x,String(h),String($),(b??[]).slice(0,3).join(", ")]),w=[o,"",...m(["stage","done","to do","for"],g),"",...l(d)];return r.write(`${[...w,`next: ${e.tool}: ${e.why}`].join(`
`)}
`),0}async function j(n,t){let{dir:r}=n.root,o=u(r)?(0,c.readdirSync)(r).filter(e=>p((0,y.join)(r,e,"runs_plan.md"))):[];if(o.length===0)return t.write(`no experiment lies in ${r}; give an experiment's folder, or set RUNWRIGHT_EXPERIMENTS to where yours lie
`),1;let i=[];for(let e of o.sort())i.push([e,await C(e,n)]);return t.write(`${[`experiments in ${r}`,"",...m(["experiment","runs"],i)].join(`
`)}
`),0}async function C(n,t){try{return(await s({experiment_dir:n},t)).summary}catch(r){if(r instanceof f)return r.message.split(`
`)[0]??"";throw r}}export{N as status};
