import { createRequire as __createRequire } from 'node:module';
import { fileURLToPath as __fileURLToPath } from 'node:url';
import { dirname as __dirnameOf } from 'node:path';
const require = __createRequire(import.meta.url);
const __requireBuiltin = require;
const __filename = __fileURLToPath(import.meta.url);
const __dirname = __dirnameOf(__filename);
import{b as a,c as b}from"./chunk-5FFMGD4T.js";import"./chunk-YIUI247C.js";import"./chunk-X2H25DNZ.js";import"./chunk-6BT2SJVJ.js";import"./chunk-YCMYVXLJ.js";import"./chunk-K347WNOM.js";import"./chunk-SXFRFQBW.js";import"./chunk-5NDW2NN3.js";import"./chunk-D7W3RIUQ.js";import"./chunk-UGPOAPME.js";import"./chunk-S7ERPMI2.js";import"./chunk-NJY7YEC2.js";import"./chunk-SJP3LBG4.js";import"./chunk-GT5E3AZ3.js";import"./chunk-GWHZCEKL.js";import"./chunk-2FAFL24P.js";import"./chunk-BLBGFMNO.js";import"./chunk-SNNWJBQW.js";import"./chunk-6DLASSVM.js";export{a as createTorchtuneConfig,b as fileAnswer};
