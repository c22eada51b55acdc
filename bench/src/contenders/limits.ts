import { spawnSync } from "node:child_process";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Contender } from "./contender.ts";
import type { LineProcess } from "./line-process.ts";
import { lineProcess } from "./line-process.ts";
import { Unavailable } from "./unavailable.ts";

const source = fileURLToPath(new URL("../../native/limits.c", import.meta.url));
let running: LineProcess | undefined;

/** Compiles and starts `native/limits.c`, once. */
function limits(): LineProcess {
  if (running !== undefined) return running;
  const program = join(mkdtempSync(join(tmpdir(), "opt-bench-")), "limits");
  const compiler = process.env["CC"] ?? "gcc";
  const compilation = spawnSync(compiler, ["-O3", "-march=native", "-fno-math-errno", "-o", program, source, "-lm"], { encoding: "utf8" });
  if (compilation.status !== 0) throw new Unavailable(`${compiler} could not compile native/limits.c: ${compilation.error?.message ?? compilation.stderr}`);
  running = lineProcess(program, []);
  return running;
}

/** Ends the process, if it was started. */
export function closeLimits(): void {
  running?.close();
  running = undefined;
}

async function rate(command: string): Promise<number> {
  return ((await limits().ask(command)) as { rate: number }).rate;
}

/** An amount of work of one kind, to be divided by the measured rate of the machine. */
export type Work =
  | { readonly kind: "fma-f32" | "fma-f64" | "multiply-add-f32"; readonly flops: number }
  | { readonly kind: "root-f32" | "divide-f32"; readonly count: number }
  /** Bytes copied, or read and written in place, by a loop whose arrays have so many bytes together. */
  | { readonly kind: "copy" | "update"; readonly bytes: number; readonly workingSet: number };

async function secondsFor(work: Work): Promise<number> {
  switch (work.kind) {
    case "fma-f32":
    case "fma-f64":
    case "multiply-add-f32":
      return work.flops / (await rate(work.kind));
    case "root-f32":
    case "divide-f32":
      return work.count / (await rate(work.kind));
    case "copy":
      return work.bytes / (await rate(`copy ${String(Math.round(work.workingSet / 2))}`));
    case "update":
      return work.bytes / (await rate(`update ${String(Math.round(work.workingSet / 8))}`));
  }
}

/**
 * The time that work takes at the machine's limits, measured anew in every round.
 *
 * @param parts - Units of the machine that work side by side, so that the longest counts; the works of one part add up.
 */
export function atLimit(...parts: readonly (readonly Work[])[]): Contender {
  limits();
  return {
    time: async (count) => {
      let longest = 0;
      for (const part of parts) {
        let seconds = 0;
        for (const work of part) seconds += await secondsFor(work);
        longest = Math.max(longest, seconds);
      }
      return count * longest;
    },
  };
}

/**
 * A loop over `count` parameters in C.
 *
 * @param rule - `adam`, or `chain`: Adam after clipping by the global norm, with decoupled decay and a schedule.
 */
export async function cLoop(rule: "adam" | "chain", count: number): Promise<Contender> {
  const process = limits();
  const run = async (repeats: number): Promise<number> => ((await process.ask(`${rule} ${String(repeats)}`)) as { seconds: number }).seconds;
  await process.ask(`adam-start ${String(count)}`);
  return {
    answer: async () => {
      await run(3);
      return ((await process.ask(`adam-read ${String(Math.max(1, Math.floor(count / 1000)))}`)) as { values: number[] }).values;
    },
    time: run,
  };
}
