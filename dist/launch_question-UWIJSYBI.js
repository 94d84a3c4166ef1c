import { createRequire as __createRequire } from 'node:module';
import { fileURLToPath as __fileURLToPath } from 'node:url';
import { dirname as __dirnameOf } from 'node:path';
const require = __createRequire(import.meta.url);
const __requireBuiltin = require;
const __filename = __fileURLToPath(import.meta.url);
const __dirname = __dirnameOf(__filename);
import{c as p}from"./chunk-ZZN6LDT7.js";import{a as h}from"./chunk-OAKB57KT.js";import{a as u}from"./chunk-IWZBVQMU.js";import{c as s,h as c}from"./chunk-JTEMHKT4.js";import"./chunk-EIWZXWE5.js";import{b as a,d}from"./chunk-4EWGAUIV.js";import"./chunk-KDHXWIZK.js";import"./chunk-SSVZ6CHB.js";import"./chunk-2UUNOUNV.js";import"./chunk-EMLEMS6W.js";import"./chunk-P6GQLSMO.js";import{a as m}from"./chunk-B6HDYRGI.js";import"./chunk-SJP3LBG4.js";import{a as L}from"./chunk-CHM7JA2A.js";import"./chunk-BUTT3FQ2.js";import{d as I}from"./chunk-Z2RUK3MR.js";var l=I(L(),1);async function F(e,i){if(e.confirm===!0)return;let{dir:t,name:g}=a(e.experiment_dir,i.root);if(!d(t))throw u(e.experiment_dir,t,i.root);let{cluster:x,items:n}=p(t,e.preflight_id),_=n.map(({run:r,own:o})=>o?.script??m((0,l.join)(t,r,h))).reduce((r,o)=>r+(o===void 0?0:s(o)),0),f=n.filter(({own:r})=>r!==void 0).length,$=f===0?"":` ${f} of them with other settings than the plan's.`;return{ask:`Launch ${c(n.length,"job")} of ${g} on cluster ${x}, at most ${Math.round(_*10)/10} GPU-hours?${$}`,agreed:{confirm:!0}}}export{F as launchQuestion};
