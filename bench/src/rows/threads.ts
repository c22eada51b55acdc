import { spawn } from "node:child_process";
import { adam } from "@opt/first-order";
import type { Contender } from "../contenders/contender.ts";
import { torch } from "../contenders/python.ts";
import type { Row } from "../row.ts";
import { ourProduct } from "./matmul.ts";
import { ourTraining } from "./our-training.ts";
import { digits } from "./training.ts";

/** Works for ever: what another program does that needs a processor for itself. */
const busyProgram = "let x = 1; for (;;) x = (x * 1.0000001) % 7;";

/** A contender in whose turns another process keeps a processor busy. */
function crowded(contender: Contender): Contender {
  return {
    ...contender,
    time: async (count) => {
      const neighbor = spawn(process.execPath, ["-e", busyProgram], { stdio: "ignore" });
      try {
        // It must have started, and what shares the work must have had the time to notice.
        await new Promise((resolve) => setTimeout(resolve, 100));
        await contender.time(Math.min(count, 100));
        return await contender.time(count);
      } finally {
        neighbor.kill("SIGKILL");
      }
    },
  };
}

export const threadsRow: Row = {
  name: "threads",
  what: "two threads, against one",
  allProcessors: true,
  cases: () => [
    {
      kind: "comparison",
      name: "784-128-10, batch 128, Adam",
      ours: () => ourTraining(digits, adam(), "compiled", 2),
      others: { "one thread": () => ourTraining(digits, adam()) },
      peers: { PyTorch: () => torch("train", { ...digits, optimizer: "adam-fused", threads: 2 }) },
      figure: { unit: "µs" },
      bars: [
        { than: "one thread", atLeast: 1.5 },
        { than: "PyTorch", atLeast: 1 },
      ],
    },
    {
      kind: "comparison",
      name: "matrix product 512",
      ours: () => ourProduct(512, "AB", "f32", 2),
      others: { "one thread": () => ourProduct(512, "AB", "f32") },
      figure: { unit: "GF/s", amount: 2 * 512 ** 3 },
      bars: [{ than: "one thread", atLeast: 1.8 }],
    },
    {
      kind: "comparison",
      name: "784-128-10 beside a busy process",
      ours: () => crowded(ourTraining(digits, adam(), "compiled", 2)),
      others: { "one thread": () => crowded(ourTraining(digits, adam())) },
      figure: { unit: "µs" },
      bars: [{ than: "one thread", atLeast: 0.8 }],
    },
  ],
};
