import { fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import { median } from "../statistics.ts";
import type { Measurement, Row } from "../row.ts";

const program = fileURLToPath(new URL("cold-start-process.ts", import.meta.url));
const STARTS = 5;

/** Milliseconds to steady speed in a fresh process. */
function start(net: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = fork(program, [net]);
    child.on("message", (milliseconds) => resolve(milliseconds as number));
    child.on("exit", (code) => reject(new Error(`${program} ended with code ${String(code)}`)));
  });
}

function measurement(net: string, name: string, atMost: number): Measurement {
  return {
    kind: "measurement",
    name,
    unit: "ms",
    measure: async () => {
      const taken: number[] = [];
      for (let count = 0; count < STARTS; count++) taken.push(await start(net));
      return median(taken);
    },
    bars: [{ figure: "ms", atMost }],
  };
}

export const coldStartRow: Row = {
  name: "cold-start",
  what: "from the first call to steady speed, in a fresh process",
  allProcessors: true,
  cases: () => [measurement("digits", "784-128-10, batch 128", 30), measurement("deep", "50 layers of 64, batch 32", 150)],
};
