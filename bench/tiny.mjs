import { ourTraining } from "./src/rows/our-training.ts";
import { adam } from "@opt/first-order";
const tiny = { sizes: [2, 16, 16, 1], batch: 32, activation: "tanh", loss: "mean-squared-error" };
const t = ourTraining(tiny, adam());
await t.time(20000);
const r=[]; for(let i=0;i<200;i++) r.push(await t.time(1000)/1000*1e6);
r.sort((a,b)=>a-b); console.log("min", r[0].toFixed(2), "p10", r[20].toFixed(2), "med", r[100].toFixed(2));
if (process.argv[2]) await t.time(+process.argv[2]);
