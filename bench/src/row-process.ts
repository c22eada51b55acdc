import { closeLimits } from "./contenders/limits.ts";
import { closePython } from "./contenders/python.ts";
import type { Effort } from "./measure.ts";
import { measureCase } from "./measure.ts";
import { stayOnOneProcessor } from "./one-processor.ts";
import type { Outcome } from "./outcome.ts";
import { rows } from "./rows/table.ts";

/** Measures one row in a process of its own, so that no row inherits another's memory or optimized code, and sends each outcome to its parent. */
async function main(name: string | undefined, effort: Effort): Promise<void> {
  const row = rows.find((each) => each.name === name);
  if (row === undefined) throw new Error(`there is no row ${String(name)}`);
  if (row.allProcessors !== true) stayOnOneProcessor();
  const send = (outcome: Outcome): void => void process.send?.(outcome);
  for (const one of row.cases()) for (const outcome of await measureCase(row.name, one, effort)) send(outcome);
  closeLimits();
  closePython();
}

await main(process.argv[2], JSON.parse(process.argv[3] ?? "{}") as Effort);
process.disconnect?.();
