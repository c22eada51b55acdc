import { compile, evaluate, explain, key, matmul, randomNormal } from "../../src/index.ts";
import type { Tensor } from "../../src/index.ts";

/** What a page finds when it asks for two threads. */
export interface ThreadsReport {
  readonly crossOriginIsolated: boolean;
  /** Whether every call gave the bits of one thread. */
  readonly sameBits: boolean;
  readonly explanation: string;
}

/** So long both ways are tried; a busy machine needs some of it. */
const patience = 15_000;

function draw(seed: number): Tensor {
  const x = randomNormal(key(seed), [300, 300]);
  evaluate(x);
  return x;
}

/** Calls a function with one thread and with two, until the governor has compared them or says that it cannot. */
export default async function runWithThreads(): Promise<ThreadsReport> {
  const args = [draw(1), draw(2)] as const;
  const run = (a: Tensor, b: Tensor): Tensor[] => [matmul(a, b), a.mul(b).add(1)];
  const bits = (results: readonly Tensor[]): string => results.map((result) => new Uint32Array(result.readSync().slice().buffer).join()).join(";");
  const expected = bits(compile(run)(...args));
  const shared = compile(run, { threads: 2 });
  const deadline = performance.now() + patience;
  let sameBits = true;
  do {
    if (bits(shared(...args)) !== expected) sameBits = false;
    // Helpers start while the page waits.
    await new Promise((resolve) => { setTimeout(resolve, 0); });
  } while (explain(shared).includes("until 2 are tried") && performance.now() < deadline);
  return { crossOriginIsolated, sameBits, explanation: explain(shared) };
}
