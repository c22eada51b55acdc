import { fork } from "node:child_process";
import { fileURLToPath } from "node:url";

const program = fileURLToPath(new URL("growth-process.ts", import.meta.url));

/** What one size gave. */
export interface Growth {
  /** Seconds of a steady training step. */
  readonly step: number;
  /** Seconds of the first call, less those of a steady one: tracing, planning, printing. */
  readonly compile: number;
  /** Tensors that tracing made. */
  readonly nodes: number;
  /** Bytes of the plan's temporaries. */
  readonly arena: number;
  readonly parameters: number;
}

/** A network to train, and what of it to measure. */
export interface GrowthRequest {
  readonly sizes: readonly number[];
  readonly batch: number;
  /** Only the compilation: one call more than the first. */
  readonly compileOnly?: boolean;
}

/** Trains a network with Adam in a fresh process and measures. */
export function measureGrowth(request: GrowthRequest): Promise<Growth> {
  return new Promise((resolve, reject) => {
    const child = fork(program, [JSON.stringify(request)]);
    child.on("message", (growth) => resolve(growth as Growth));
    child.on("error", reject);
    child.on("exit", (code) => reject(new Error(`${program} ended with code ${String(code)}`)));
  });
}

/** Units of the layers of {@link deepNetwork}. */
const DEEP_WIDTH = 16;

/** A request for a network of so many equal layers. */
export function deepNetwork(depth: number, compileOnly: boolean, width: number = DEEP_WIDTH): GrowthRequest {
  return { sizes: Array.from({ length: depth + 1 }, () => width), batch: 32, compileOnly };
}
