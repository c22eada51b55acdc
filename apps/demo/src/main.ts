import { mkdir, writeFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { OptError } from "@opt/core";
import { CommanderError } from "commander";
import { runDigits } from "./digits-experiment.ts";
import { INTERRUPTED_EXIT_CODE, listenForInterruption } from "./interruption.ts";
import type { DemoOptions } from "./program.ts";
import { makeProgram } from "./program.ts";
import { missedRequirements } from "./requirements.ts";
import { resultsJson } from "./results-json.ts";
import type { ExperimentRecord } from "./run-record.ts";
import { lossChart } from "./terminal/chart.ts";
import type { Terminal } from "./terminal/console-style.ts";
import { openTerminal } from "./terminal/console-style.ts";
import { resultTable } from "./terminal/table.ts";

const FAILED = 1;
const WRONG_USAGE = 2;

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

async function writeText(path: string, text: string): Promise<void> {
  await mkdir(dirname(resolve(path)), { recursive: true });
  await writeFile(path, text);
}

/** Writes the report and the results for machines, where they were asked for. */
async function writeResults(terminal: Terminal, experiment: ExperimentRecord, options: DemoOptions): Promise<void> {
  if (options.report !== false) {
    // Loaded only now: drawing figures needs libraries that training does not.
    const { htmlReport } = await import("./report/report.ts");
    await writeText(options.report, htmlReport(experiment));
    terminal.write(`Report: ${terminal.bold(options.report)} (open it in a browser; it needs no network)`);
  }
  if (options.json === true) process.stdout.write(`${resultsJson(experiment)}\n`);
  else if (options.json !== undefined) await writeText(options.json, `${resultsJson(experiment)}\n`);
}

/** Trains, shows, writes. Returns the exit code. */
async function train(options: DemoOptions, command: string): Promise<number> {
  const terminal = openTerminal(process.stdout, process.env, options.quiet === true || options.json === true);
  const interruption = listenForInterruption();
  try {
    const experiment = await runDigits(options, command, terminal, interruption.signal);
    showResults(terminal, experiment);
    await writeResults(terminal, experiment, options);
    if (experiment.interrupted) return INTERRUPTED_EXIT_CODE;
    const missed = missedRequirements(experiment, options);
    for (const sentence of missed) process.stderr.write(`${sentence}\n`);
    return missed.length > 0 ? FAILED : 0;
  } finally {
    interruption.dispose();
  }
}

/** Errors that say enough without a stack trace: our own, and those of the file system. */
function isExplained(error: unknown): error is Error {
  return error instanceof OptError || (error instanceof Error && "syscall" in error);
}

/**
 * Runs the command line.
 *
 * @param words - what follows the program's name
 * @returns the exit code: 0 done, 1 failed, 2 wrong usage, 130 interrupted
 */
export async function runCommandLine(words: readonly string[]): Promise<number> {
  const command = ["npm run demo", ...(words.length > 0 ? ["--", ...words] : [])].join(" ");
  let exitCode = 0;
  const program = makeProgram(async (options) => {
    exitCode = await train(options, command);
  });
  try {
    await program.parseAsync(words, { from: "user" });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : WRONG_USAGE;
    if (!isExplained(error)) throw error;
    process.stderr.write(`error: ${error.message}\n`);
    return error instanceof OptError && error.code === "option" ? WRONG_USAGE : FAILED;
  }
}
