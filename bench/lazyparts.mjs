import { ourBatches, ourLoss } from "./src/rows/our-training.ts";
import { ourNetwork } from "./src/rows/networks.ts";
import { digits } from "./src/rows/training.ts";
import { adam } from "@opt/first-order";
import { valueAndGrad, applyUpdates, evaluate, compile } from "@opt/core";
import { fingerprint } from "/work/main/packages/core/dist/compile/fingerprint.js";
import { planFor, runLazily } from "/work/main/packages/core/dist/compile/lazy-plans.js";
import { defaultBackend } from "/work/main/packages/core/dist/compile/backends.js";
const { xs, target } = ourBatches(digits);
const g = valueAndGrad(ourLoss(digits)); const opt = adam();
let params = ourNetwork(digits.sizes), state = opt.init(params);
evaluate([params,state]);
const T={grad:0,update:0,apply:0,eval:0,finger:0};
const one=(p,s,x,y)=>{ const t0=performance.now(); const [l,gr]=g(p,x,y); const t1=performance.now(); const {updates,state:n}=opt.update(gr,s,p); const t2=performance.now(); const q=applyUpdates(p,updates); const t3=performance.now(); T.grad+=t1-t0;T.update+=t2-t1;T.apply+=t3-t2; return [q,n,l]; };
const N=2000;
for (let rep=0;rep<4;rep++){ for(const k in T)T[k]=0;
 for(let i=0;i<N;i++){ const r=one(params,state,xs[i%3],target); 
  const leaves=[...Object.values(r[0].layers).flatMap(l=>Object.values(l))];
  const t4=performance.now(); fingerprint(leaves.concat([r[2]]),[]); const t5=performance.now(); T.finger+=t5-t4;
  const t=performance.now(); evaluate(r,{donate:[params,state]}); T.eval+=performance.now()-t; [params,state]=r; }
 console.log(Object.fromEntries(Object.entries(T).map(([k,v])=>[k,(v/N*1000).toFixed(1)])));
}
const step=compile(one); let s=0;
for(let rep=0;rep<4;rep++){ const t=performance.now(); for(let i=0;i<N;i++) [params,state]=step(params,state,xs[i%3],target); console.log("compiled",((performance.now()-t)/N*1000).toFixed(1)); }
