import { adam } from "@opt/first-order";
import { ourTrainer } from "./rows/our-training.ts";
const tiny = { sizes: [2, 16, 16, 1], batch: 32, activation: "tanh", loss: "mean-squared-error" } as const;
const orig = WebAssembly.Instance; 
const runs: any[] = [];
(WebAssembly as any).Instance = class { exports: any; constructor(m: any, i: any) { const inst = new orig(m, i); runs.push(inst.exports); this.exports = inst.exports; } };
const t = ourTrainer(tiny, adam());
for (let i = 0; i < 50000; i++) t.run(i);
const run = runs.at(-1).run as () => void;
const d: number[] = [], ws: number[] = [], wh: number[] = [];
for (let rep = 0; rep < 30; rep++) {
  let s = performance.now(); const N = 5000;
  for (let i = 0; i < N; i++) t.run(i);
  const whole = (performance.now() - s) / N * 1e3;
  s = performance.now();
  for (let i = 0; i < N; i++) run();
  const w = (performance.now() - s) / N * 1e3;
  d.push(whole - w); ws.push(w); wh.push(whole);
}
const med = (x: number[]) => x.sort((a, b) => a - b)[x.length >> 1]!.toFixed(2);
console.log("js", med(d), "min", Math.min(...d).toFixed(2), "wasm", med(ws), "whole", med(wh), Math.min(...wh).toFixed(2));
