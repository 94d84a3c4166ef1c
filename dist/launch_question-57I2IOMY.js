import { createRequire as __createRequire } from 'node:module';
import { fileURLToPath as __fileURLToPath } from 'node:url';
import { dirname as __dirnameOf } from 'node:path';
const require = __createRequire(import.meta.url);
const __requireBuiltin = require;
const __filename = __fileURLToPath(import.meta.url);
const __dirname = __dirnameOf(__filename);
import{c as s}from"./chunk-GQWSUFJJ.js";import{a}from"./chunk-OAKB57KT.js";import{c as u,h as c}from"./chunk-JTEMHKT4.js";import{b as m}from"./chunk-XJ2NTRJ5.js";import"./chunk-SSVZ6CHB.js";import"./chunk-2UUNOUNV.js";import"./chunk-EMLEMS6W.js";import"./chunk-P6GQLSMO.js";import{a as f}from"./chunk-B6HDYRGI.js";import"./chunk-SJP3LBG4.js";import{a as I}from"./chunk-CHM7JA2A.js";import{d as $}from"./chunk-Z2RUK3MR.js";var d=$(I(),1);async function j(r,h){if(r.confirm===!0)return;let{dir:o,name:p}=m(r.experiment_dir,h.root),{cluster:l,items:n}=s(o,r.preflight_id),g=n.map(({run:t,own:e})=>e?.script??f((0,d.join)(o,t,a))).reduce((t,e)=>t+(e===void 0?0:u(e)),0),i=n.filter(({own:t})=>t!==void 0).length,x=i===0?"":` ${i} of them with other settings than the plan's.`;return{ask:`Launch ${c(n.length,"job")} of ${p} on cluster ${l}, at most ${Math.round(g*10)/10} GPU-hours?${x}`,agreed:{confirm:!0}}}export{j as launchQuestion};
