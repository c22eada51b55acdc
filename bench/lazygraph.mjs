import { ourBatches, ourLoss } from "./src/rows/our-training.ts";
import { ourNetwork } from "./src/rows/networks.ts";
import { digits } from "./src/rows/training.ts";
import { adam } from "@opt/first-order";
import { valueAndGrad, applyUpdates, evaluate } from "@opt/core";
import { fingerprint } from "/work/main/packages/core/dist/compile/fingerprint.js";
const { xs, target } = ourBatches(digits);
const g = valueAndGrad(ourLoss(digits)); const opt = adam();
let params = ourNetwork(digits.sizes), state = opt.init(params);
evaluate([params,state, xs, target]);
const N=+process.argv[2]||100; const G=[],F=[];
for (let rep=0;rep<150;rep++){ let t0=performance.now(), f=0;
 for(let i=0;i<N;i++){ const [l,gr]=g(params,xs[i%3],target); const {updates,state:n}=opt.update(gr,state,params); const q=applyUpdates(params,updates); 
  const a=performance.now(); const out=[]; for (const l2 of q.layers) out.push(l2.weight,l2.bias); const walkState=(s)=>{ if(s&&typeof s==='object'){ if('dtype' in s) out.push(s); else Object.values(s).forEach(walkState);} }; walkState(n); out.push(l); fingerprint(out,[]); f+=performance.now()-a; }
 G.push((performance.now()-t0-f)/N*1000); F.push(f/N*1000); }

const q=(a,p)=>a.sort((x,y)=>x-y)[Math.floor(a.length*p)].toFixed(1); const g2=G.slice(30),f2=F.slice(30); console.log("graph",q(g2,0.02),q(g2,0.2),"finger",q(f2,0.02),q(f2,0.2));
