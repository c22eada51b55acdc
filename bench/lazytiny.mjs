import { ourTraining } from "./src/rows/our-training.ts";
import { adam } from "@opt/first-order";
const tiny = { sizes: [8, 8, 4], batch: 8, activation: "relu", loss: "softmax-cross-entropy" };
const out=[];
for (const mode of ["compiled","lazy"]) {
const t = ourTraining(tiny, adam(), mode);
await t.time(5000);
const r=[]; for(let i=0;i<200;i++) r.push(await t.time(100)/100*1e6);
r.sort((a,b)=>a-b); out.push(mode, r[0].toFixed(2), r[20].toFixed(2), r[100].toFixed(2)); }
console.log(out.join(" "));
