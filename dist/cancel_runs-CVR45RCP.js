import { createRequire as __createRequire } from 'node:module';
import { fileURLToPath as __fileURLToPath } from 'node:url';
import { dirname as __dirnameOf } from 'node:path';
const require = __createRequire(import.meta.url);
const __requireBuiltin = require;
const __filename = __fileURLToPath(import.meta.url);
const __dirname = __dirnameOf(__filename);
import{a}from"./chunk-VZQXUIDF.js";import"./chunk-YCVTEYLN.js";import"./chunk-NHCL3XXC.js";import"./chunk-IV3RCZFS.js";import"./chunk-M2BKF3HY.js";import"./chunk-4VY3FD6E.js";import"./chunk-FKDF526U.js";import"./chunk-EZTENPE5.js";import"./chunk-JTEMHKT4.js";import"./chunk-T7ENTRUV.js";import"./chunk-6S6VXSFU.js";import"./chunk-C72YLLWN.js";import"./chunk-VBGXL26H.js";import"./chunk-YWYV4ETB.js";import"./chunk-SSVZ6CHB.js";import"./chunk-AAYC3PXS.js";import"./chunk-TBZKMHI4.js";import"./chunk-WTVOVSRA.js";import"./chunk-63JGKGNY.js";import"./chunk-2UUNOUNV.js";import"./chunk-RVAKBHQD.js";import"./chunk-CMMTIRQ4.js";import"./chunk-3GXORERU.js";import"./chunk-3XFCPWDI.js";import"./chunk-PA4KIE7Z.js";import"./chunk-G654LNWT.js";import"./chunk-EMLEMS6W.js";import"./chunk-QSF74RPH.js";import"./chunk-P6GQLSMO.js";import"./chunk-MSKGPOJK.js";import"./chunk-SIHAA4RL.js";import"./chunk-F4CPLL22.js";import"./chunk-CHM7JA2A.js";import"./chunk-IUECNRCL.js";import"./chunk-Z2RUK3MR.js";export{a as cancelRuns};
