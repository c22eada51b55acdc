import { compile, exp, fromArray, valueAndGrad, explain } from "@opt/core";
import { softmaxCrossEntropy } from "@opt/nn";
import { inputs32, labels } from "./src/inputs.ts";
const B=128,C=1000,N=B*C;
const logits=[1,2,3].map(s=>fromArray(inputs32(N,s).map(v=>v*8),[B,C]));
const target=fromArray(labels(B,C),[B]);
const f=compile((z,y)=>valueAndGrad((at)=>softmaxCrossEntropy(at,y))(z));
let [l,g]=f(logits[0],target);
console.log(explain(f));
const xs=[1,2,3].map(s=>fromArray(inputs32(N,s).map(v=>v*8),[N]));
const e=compile(x=>exp(x).sum()); e(xs[0]);
const A=[],E=[];
for(let r=0;r<400;r++){ let t=performance.now(); for(let i=0;i<5;i++){ g.dispose(); [l,g]=f(logits[i%3],target);} A.push((performance.now()-t)/5*1e3); t=performance.now(); for(let i=0;i<5;i++) e(xs[i%3]); E.push((performance.now()-t)/5*1e3); }
const q=(a,p)=>[...a].sort((x,y)=>x-y)[Math.floor(a.length*p)].toFixed(0);
const a2=A.slice(100),e2=E.slice(100);
console.log("softmax min/p20/med",q(a2,0),q(a2,.2),q(a2,.5)," exp",q(e2,0),q(e2,.2),q(e2,.5));
