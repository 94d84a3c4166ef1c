import { createRequire as __createRequire } from 'node:module';
import { fileURLToPath as __fileURLToPath } from 'node:url';
import { dirname as __dirnameOf } from 'node:path';
const require = __createRequire(import.meta.url);
const __requireBuiltin = require;
const __filename = __fileURLToPath(import.meta.url);
const __dirname = __dirnameOf(__filename);
import{a as _}from"./chunk-5MAKBNY5.js";import{b}from"./chunk-IUT7IDP2.js";import{a as x}from"./chunk-F2SDCXXW.js";import{u as w,v as $}from"./chunk-PUIA4ICZ.js";import{j as l}from"./chunk-B5QKCIWN.js";import{h as y}from"./chunk-JTEMHKT4.js";import{b as h}from"./chunk-TBZKMHI4.js";import{a as g}from"./chunk-RVAKBHQD.js";import{a as p}from"./chunk-SJP3LBG4.js";var v=12e3;async function L(e,i,{lines:a,match:m,since:u=0},r){let d=m===void 0?"":` | grep -F -e ${h(m)}`,t=`f=${h(i)}
[ -r "$f" ] || exit 9
size=$(wc -c < "$f") && size=$((size)) from=${u}
[ $from -le $size ] || from=0
printf 'runwright %s %s\\n' $size $from
tail -c +$((from + 1)) -- "$f" | head -c $((size - from)) | sed 's/.*\\r\\([^\\r]\\)/\\1/'${d} | tail -n ${a} | tail -c ${v}`,s=await e.run(t,{timeoutMs:6e4,signal:r});if(s.code===9)return;let n=/(?:^|\n)runwright (\d+) (\d+)\n/.exec(s.stdout);if(n===null)throw new g(`${e.where}: the answer was cut short; ask again`);return{text:s.stdout.slice(n.index+n[0].length),size:Number(n[1]),begun_anew:u>0&&Number(n[2])===0}}async function J(e,i){let a=await $(e.experiment_dir,i),{place:m,attempts:u}=a,r=_(w(a),[e.run])[0],d=r===void 0?void 0:u.get(r.name),t=e.attempt===void 0?d?.at(-1):d?.find(c=>c.attempt===e.attempt);if(r===void 0||t===void 0){let c=e.attempt===void 0?"has never been launched":`has no attempt ${e.attempt}`;throw new p(`run ${e.run} ${c}, so it has no log; monitor_jobs shows which runs have jobs`)}let s=await l(i,t.cluster),n=b(x(s.profile,m),r.name,t.attempt),{lines:z=50,match:C,since:f}=e,o=await L(s.connection,n,{lines:z,match:C,since:f},i.signal);if(o===void 0)throw new p(`${n} is not there yet: the job (${t.state}) has not started, or its folder was moved`);let R=f===void 0||o.begun_anew?"":" new",E=o.begun_anew?` The file is shorter than ${f} bytes: it was begun anew, so it is shown from its start.`:"";return{summary:`${y(o.text===""?0:o.text.trimEnd().split(`
`).length,`${R.trim()} line`.trim())} of attempt ${t.attempt} of ${r.name} (${t.state}).${E}`,run:r.name,attempt:t.attempt,state:t.state,path:n,untrusted_log:o.text,read_to:o.size,next:{tool:"monitor_jobs",why:`shows the state of every run; since: ${o.size} shows what this log gains`}}}export{J as a};
