import { createRequire as __createRequire } from 'node:module';
import { fileURLToPath as __fileURLToPath } from 'node:url';
import { dirname as __dirnameOf } from 'node:path';
const require = __createRequire(import.meta.url);
const __requireBuiltin = require;
const __filename = __fileURLToPath(import.meta.url);
const __dirname = __dirnameOf(__filename);
import{a as r}from"./chunk-UVVUYJWI.js";import"./chunk-RKUDMOGA.js";import"./chunk-WTVOVSRA.js";import"./chunk-63JGKGNY.js";import"./chunk-2UUNOUNV.js";import"./chunk-RVAKBHQD.js";import"./chunk-CMMTIRQ4.js";import"./chunk-3GXORERU.js";import"./chunk-3XFCPWDI.js";import"./chunk-PA4KIE7Z.js";import"./chunk-G654LNWT.js";import"./chunk-EMLEMS6W.js";import"./chunk-CHM7JA2A.js";import"./chunk-Z2RUK3MR.js";async function s(n){switch(n.connection){case"local":return new r;case"ssh":return(await import("./ssh-DT4ODMXR.js")).openSsh(n);case"openssh":return(await import("./openssh-N4DS6VXI.js")).openOpenssh(n)}}var c=class{opened=new Map;open;constructor(e=s){this.open=e}connection(e){let o=m(e),i=this.opened.get(o);if(i!==void 0)return i;let t=this.open(e);return this.opened.set(o,t),t.catch(()=>this.opened.delete(o)),t}async closeAll(){let e=[...this.opened.values()];this.opened.clear(),await Promise.allSettled(e.map(async o=>(await o).close()))}},m=({name:n,connection:e,host:o,user:i,port:t,identity_file:p,known_hosts:l,ssh_config:a})=>JSON.stringify([n,e,o,i,t,p,l,a]);export{c as ConnectionPool};
