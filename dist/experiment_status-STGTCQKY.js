import { createRequire as __createRequire } from 'node:module';
import { fileURLToPath as __fileURLToPath } from 'node:url';
import { dirname as __dirnameOf } from 'node:path';
const require = __createRequire(import.meta.url);
const __requireBuiltin = require;
const __filename = __fileURLToPath(import.meta.url);
const __dirname = __dirnameOf(__filename);
import{a}from"./chunk-N6Y6UH3Q.js";import"./chunk-6524YW2T.js";import"./chunk-OAKB57KT.js";import"./chunk-6FCTGRPD.js";import"./chunk-IWZBVQMU.js";import"./chunk-O2DX2JM6.js";import"./chunk-JTEMHKT4.js";import"./chunk-T7ENTRUV.js";import"./chunk-EIWZXWE5.js";import"./chunk-4EWGAUIV.js";import"./chunk-VBGXL26H.js";import"./chunk-KDHXWIZK.js";import"./chunk-SSVZ6CHB.js";import"./chunk-AAYC3PXS.js";import"./chunk-TBZKMHI4.js";import"./chunk-WTVOVSRA.js";import"./chunk-63JGKGNY.js";import"./chunk-2UUNOUNV.js";import"./chunk-RVAKBHQD.js";import"./chunk-CMMTIRQ4.js";import"./chunk-3GXORERU.js";import"./chunk-3XFCPWDI.js";import"./chunk-PA4KIE7Z.js";import"./chunk-G654LNWT.js";import"./chunk-EMLEMS6W.js";import"./chunk-4CXXHSJR.js";import"./chunk-P6GQLSMO.js";import"./chunk-B6HDYRGI.js";import"./chunk-SJP3LBG4.js";import"./chunk-F4CPLL22.js";import"./chunk-CHM7JA2A.js";import"./chunk-MHFBGTZG.js";import"./chunk-BUTT3FQ2.js";import"./chunk-Z2RUK3MR.js";export{a as experimentStatus};
