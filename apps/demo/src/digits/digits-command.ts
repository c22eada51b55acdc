import { fail } from "@opt/core";
import { EXIT_CODES } from "../exit-codes.ts";
import { writeResults } from "../output.ts";
import type { Terminal } from "../terminal/console-style.ts";
import type { DigitsOptions } from "./digits-options.ts";
import { runDigits } from "./digits-experiment.ts";
import { missedRequirements } from "./requirements.ts";
import { resultsJson } from "./results-json.ts";
import type { ExperimentRecord } from "./run-record.ts";
import { lossChart } from "./terminal/chart.ts";
import { resultTable } from "./terminal/table.ts";

/** Shows the curves and the closing table. */
function showResults(terminal: Terminal, experiment: ExperimentRecord): void {
  const { runs, epochs, stepsPerEpoch } = experiment;
  terminal.write("");
  for (const line of lossChart(terminal, runs, epochs, stepsPerEpoch)) terminal.write(line);
  terminal.write("");
  terminal.write(resultTable(terminal, runs, stepsPerEpoch));
  if (experiment.interrupted) terminal.write(terminal.warn("Interrupted; this is what was reached."));
  for (const run of runs) {
    if (run.message !== "") terminal.write(terminal.warn(`${run.name}: ${run.message}`));
  }
}

/** Trains on digits, shows, writes. Returns the exit code. */
export async function runDigitsCommand(options: DigitsOptions, command: string, terminal: Terminal, signal: AbortSignal): Promise<number> {
  if (options.backend === "gpu") {
    fail("backend", "--backend gpu: Node has no GPU backend; browsers have one. `npm run demo -- page` serves a page that trains this network there, on WebGPU or WebGL2.");
  }
  const experiment = await runDigits(options, command, terminal, signal);
  showResults(terminal, experiment);
  const report = async (): Promise<string> => (await import("./report/report.ts")).htmlReport(experiment);
  await writeResults(terminal, options, report, () => resultsJson(experiment));
  if (experiment.interrupted) return EXIT_CODES.interrupted;
  const missed = missedRequirements(experiment, options);
  for (const sentence of missed) process.stderr.write(`${sentence}\n`);
  return missed.length > 0 ? EXIT_CODES.failed : EXIT_CODES.done;
}
