import { createRequire as __createRequire } from 'node:module';
import { fileURLToPath as __fileURLToPath } from 'node:url';
import { dirname as __dirnameOf } from 'node:path';
const require = __createRequire(import.meta.url);
const __requireBuiltin = require;
const __filename = __fileURLToPath(import.meta.url);
const __dirname = __dirnameOf(__filename);
var u=Object.create;var n=Object.defineProperty;var _=Object.getOwnPropertyDescriptor;var d=Object.getOwnPropertyNames;var l=Object.getPrototypeOf,p=Object.prototype.hasOwnProperty;var a=(e=>typeof require<"u"?require:typeof Proxy<"u"?new Proxy(e,{get:(i,o)=>(typeof require<"u"?require:i)[o]}):e)(function(e){if(typeof require<"u")return require.apply(this,arguments);throw Error('Dynamic require of "'+e+'" is not supported')});var q=(e,i)=>()=>{try{return i||e((i={exports:{}}).exports,i),i.exports}catch(o){throw i=0,o}},b=(e,i)=>{for(var o in i)n(e,o,{get:i[o],enumerable:!0})},x=(e,i,o,s)=>{if(i&&typeof i=="object"||typeof i=="function")for(let r of d(i))!p.call(e,r)&&r!==o&&n(e,r,{get:()=>i[r],enumerable:!(s=_(i,r))||s.enumerable});return e};var c=(e,i,o)=>(o=e!=null?u(l(e)):{},x(i||!e||!e.__esModule?n(o,"default",{value:e,enumerable:!0}):o,e));var B=q((g,t)=>{t.exports=__requireBuiltin("node:os")});export{a,q as b,b as c,c as d,B as e};
