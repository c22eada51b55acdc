import { ourTraining } from "/work/main/bench/src/rows/our-training.ts";
import { digits } from "/work/main/bench/src/rows/training.ts";
import { adam } from "/work/main/packages/first-order/dist/index.js";
const t = ourTraining(digits, adam(), "lazy"); const c = ourTraining(digits, adam());
await t.time(300); await c.time(300);
const r=[];
for (let i=0;i<15;i++){ const a=await t.time(200); const b=await c.time(200); r.push([a/200*1e6,b/200*1e6,a/b]); }
r.sort((x,y)=>x[2]-y[2]); console.log(r[7]);
await t.time(3000);
