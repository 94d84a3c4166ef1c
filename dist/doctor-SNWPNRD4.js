import { createRequire as __createRequire } from 'node:module';
import { fileURLToPath as __fileURLToPath } from 'node:url';
import { dirname as __dirnameOf } from 'node:path';
const require = __createRequire(import.meta.url);
const __requireBuiltin = require;
const __filename = __fileURLToPath(import.meta.url);
const __dirname = __dirnameOf(__filename);
import{a as i}from"./chunk-HB6PJKXI.js";import{a as d}from"./chunk-2IQSKXI3.js";import"./chunk-EOHRE7UZ.js";import"./chunk-BNJMG67H.js";import{l as p}from"./chunk-EZTENPE5.js";import"./chunk-JTEMHKT4.js";import"./chunk-T7ENTRUV.js";import{a as c}from"./chunk-NIBJ352P.js";import{d as u}from"./chunk-C72YLLWN.js";import"./chunk-VBGXL26H.js";import"./chunk-YWYV4ETB.js";import"./chunk-FGGX7VTU.js";import"./chunk-SSVZ6CHB.js";import"./chunk-AAYC3PXS.js";import"./chunk-TBZKMHI4.js";import"./chunk-WTVOVSRA.js";import"./chunk-63JGKGNY.js";import"./chunk-2UUNOUNV.js";import{a as f}from"./chunk-RVAKBHQD.js";import"./chunk-CMMTIRQ4.js";import"./chunk-3GXORERU.js";import"./chunk-3XFCPWDI.js";import"./chunk-PA4KIE7Z.js";import"./chunk-G654LNWT.js";import"./chunk-EMLEMS6W.js";import"./chunk-JZYZ55NR.js";import"./chunk-QSF74RPH.js";import"./chunk-P6GQLSMO.js";import"./chunk-MSKGPOJK.js";import{a}from"./chunk-SIHAA4RL.js";import"./chunk-F4CPLL22.js";import{b}from"./chunk-CHM7JA2A.js";import"./chunk-IUECNRCL.js";import{d as g}from"./chunk-Z2RUK3MR.js";var n=g(b(),1);async function v(r,e,o){o.write(`runwright ${c}, Node ${process.version}, ${process.platform}
`);let t=P(e.root.dir);o.write(`experiments: ${e.root.dir}
${i(t).map(l).join("")}`);let s=t.length===0;for(let h of r===void 0?(await p(e)).keys():[r]){let{summary:y,found:m}=await $(h,e);o.write(`${y}
${i(m).map(l).join("")}`),s&&=!m.some(({severity:w})=>w==="error")}return s?0:1}var l=r=>`  ${r}
`;async function $(r,e){try{let{summary:o,problems:t}=await d({cluster:r},e);return{summary:o,found:t??[]}}catch(o){if(!(o instanceof a||o instanceof f))throw o;return{summary:`cluster ${r}: not usable now.`,found:[{severity:"error",where:`cluster ${r}`,what:o.message,fix:"mend it, then run `runwright doctor` again"}]}}}function P(r){if(!u(r))return[];try{return(0,n.accessSync)(r,n.constants.W_OK),[]}catch{return[{severity:"error",where:r,what:"the folder cannot be written",fix:"change its rights, or set RUNWRIGHT_EXPERIMENTS"}]}}export{v as doctor};
