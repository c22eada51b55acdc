/**
 * What the browser runs: the rows that the address names, or all, one after the other. It shows each outcome, and tells it to
 * the program that opened the page, if there is one.
 *
 * `?row=NAME&rounds=11&seconds=0.5`
 */
import { measureCase, unmeasured } from "../measure.ts";
import type { Outcome } from "../outcome.ts";
import type { Case, Row } from "../row.ts";
import { describeGpus } from "./describe-gpus.ts";
import type { PageMessage } from "./page-message.ts";
import { gpuRows, gpuRowsOnDemand } from "./rows/table.ts";
import { showMessage } from "./show.ts";

const query = new URLSearchParams(location.search);
const effort = { rounds: Number(query.get("rounds") ?? 11), roundSeconds: Number(query.get("seconds") ?? 0.5) };
const names = query.getAll("row");
const chosen = names.length === 0 ? gpuRows : [...gpuRows, ...gpuRowsOnDemand].filter(({ name }) => names.includes(name));

async function tell(message: PageMessage): Promise<void> {
  showMessage(message);
  await (globalThis as { tell?: (message: PageMessage) => Promise<void> }).tell?.(message);
}

/** What a case gave; one that fails, as WebGPU does where there is none, leaves the others their turn. */
async function outcomesOf(row: Row, one: Case): Promise<Outcome[]> {
  try {
    return await measureCase(row.name, one, effort);
  } catch (error) {
    return [unmeasured(row.name, one, { failure: error instanceof Error ? error.message : String(error) })];
  }
}

async function measureRow(row: Row): Promise<void> {
  for (const one of row.cases()) {
    for (const outcome of await outcomesOf(row, one)) await tell({ kind: "outcome", outcome });
  }
}

try {
  await tell({ kind: "gpus", gpus: await describeGpus() });
  for (const row of chosen) await measureRow(row);
  await tell({ kind: "end" });
} catch (error) {
  await tell({ kind: "error", error: error instanceof Error ? (error.stack ?? error.message) : String(error) });
}
