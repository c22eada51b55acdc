import { fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { Effort } from "./measure.ts";
import type { Outcome } from "./outcome.ts";
import type { Row } from "./row.ts";

const program = fileURLToPath(new URL("row-process.ts", import.meta.url));
const withoutRelaxedSimd = new URL("without-relaxed-simd.ts", import.meta.url).href;

/**
 * Measures a row in a process of its own.
 *
 * @param row - The row.
 * @param effort - How long to measure.
 * @param onOutcome - Called with each outcome as it comes.
 * @throws Error when the process fails.
 */
export function runRow(row: Row, effort: Effort, onOutcome: (outcome: Outcome) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = fork(program, [row.name, JSON.stringify(effort)], {
      execArgv: row.withoutRelaxedSimd === true ? ["--import", withoutRelaxedSimd] : [],
    });
    child.on("message", (outcome) => onOutcome(outcome as Outcome));
    child.on("error", reject);
    child.on("exit", (code, signal) => {
      if (code === 0) resolve();
      else reject(new Error(`the process of row ${row.name} ended with ${signal ?? `code ${String(code)}`}`));
    });
  });
}
