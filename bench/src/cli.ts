import { writeFileSync } from "node:fs";
import { nearest } from "@opt/core";
import colors from "picocolors";
import { drawFigures } from "./figures/draw.ts";
import { serveGpuPage, startGpuRunner } from "./gpu/gpu-runner.ts";
import { gpuRows, gpuRowsOnDemand } from "./gpu/rows/table.ts";
import type { Outcome } from "./outcome.ts";
import type { Options } from "./options.ts";
import { readOptions, usage, UsageError } from "./options.ts";
import { recordResults } from "./results.ts";
import { runRow } from "./row-runner.ts";
import type { Row } from "./row.ts";
import { rows } from "./rows/table.ts";
import { summarize } from "./summary.ts";
import { progress, rowList, rowTable } from "./terminal.ts";

/** The rows of a run when none is named, and those that must be named. */
function rowsOf({ gpu }: Options): { usual: readonly Row[]; all: readonly Row[] } {
  return gpu ? { usual: gpuRows, all: [...gpuRows, ...gpuRowsOnDemand] } : { usual: rows, all: rows };
}

/** The rows that were asked for. */
function chooseRows(options: Options): readonly Row[] {
  const { usual, all } = rowsOf(options);
  const known = all.map(({ name }) => name);
  return options.only.length === 0 ? usual : options.only.map((name) => all.find((row) => row.name === name) ?? failUnknown(name, known));
}

function failUnknown(name: string, known: readonly string[]): never {
  const near = nearest(name, known);
  const hint = near === undefined ? "" : ` Did you mean "${near}"?`;
  throw new UsageError(`--only: there is no row "${name}".${hint} The rows are ${known.join(", ")}.`);
}

/** Measures rows one after the other and shows each when it is done. */
async function measureRows(chosen: readonly Row[], { rounds, seconds }: Options, run: typeof runRow): Promise<{ outcomes: Outcome[]; failures: string[] }> {
  const outcomes: Outcome[] = [];
  const failures: string[] = [];
  for (const row of chosen) {
    const own: Outcome[] = [];
    progress(`${row.name} …`);
    try {
      await run(row, { rounds, roundSeconds: seconds }, (outcome) => {
        own.push(outcome);
        progress(`${row.name}: ${outcome.name} …`);
      });
    } catch (error) {
      failures.push(`${row.name}: ${error instanceof Error ? error.message : String(error)}`);
    }
    progress("");
    console.log(`\n${colors.bold(row.name)}: ${row.what}\n${rowTable(own)}`);
    outcomes.push(...own);
  }
  return { outcomes, failures };
}

async function main(options: Options, args: readonly string[]): Promise<number> {
  if (options.help) console.log(usage);
  else if (options.list) console.log(rowList(rowsOf(options).all));
  else if (options.figures) await drawFigures();
  else if (options.serve) await serveGpuPage();
  else return await bench(options, args);
  return 0;
}

async function bench(options: Options, args: readonly string[]): Promise<number> {
  const chosen = chooseRows(options);
  const runner = options.gpu ? await startGpuRunner() : undefined;
  const { outcomes, failures } = await measureRows(chosen, options, runner?.run ?? runRow);
  await runner?.close();
  const summary = summarize(outcomes, failures);
  for (const line of summary.skipped) console.log(colors.yellow(line));
  for (const line of summary.shortfalls) console.log(colors.red(line));
  console.log(`\n${String(summary.reached)} of ${String(summary.bars)} reached.`);
  if (options.json !== undefined) {
    const text = JSON.stringify({ outcomes, failures }, null, 2);
    if (options.json === "-") console.log(text);
    else writeFileSync(options.json, `${text}\n`);
  }
  if (options.record) recordResults(`npm run bench -- ${args.join(" ")}`, chosen, outcomes, summary, runner?.gpus());
  return failures.length > 0 || (options.check && summary.shortfalls.length > 0) ? 1 : 0;
}

const args = process.argv.slice(2);
try {
  process.exitCode = await main(readOptions(args), args);
} catch (error) {
  if (!(error instanceof UsageError)) throw error;
  console.error(error.message);
  process.exitCode = 2;
}
