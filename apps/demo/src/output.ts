import { mkdir, writeFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { Option } from "commander";
import type { Terminal } from "./terminal/console-style.ts";

/** What every command can be told about where its results go. */
export interface OutputOptions {
  /** Where the report goes; false for none. */
  readonly report: string | false;
  /** True for the standard output, a text for a file. */
  readonly json?: string | true;
  readonly quiet?: true;
}

/** The options of {@link OutputOptions} on the command line. */
export function outputOptions(defaultReport: string): Option[] {
  return [
    new Option("--report <path>", "where the HTML report goes").default(defaultReport, defaultReport),
    new Option("--no-report", "write no report"),
    new Option("--json [file]", "results for machines, to a file or instead of all other output"),
    new Option("-q, --quiet", "print only errors"),
  ];
}

async function writeText(path: string, text: string): Promise<void> {
  await mkdir(dirname(resolve(path)), { recursive: true });
  await writeFile(path, text);
}

/**
 * Writes results where they were asked for.
 *
 * @param terminal - where the report's path is named
 * @param options - what was asked for
 * @param report - makes the page; called only when one is wanted, since drawing figures needs libraries that nothing else does
 * @param json - makes the results for machines
 */
export async function writeResults(terminal: Terminal, options: OutputOptions, report: () => Promise<string>, json: () => string): Promise<void> {
  if (options.report !== false) {
    await writeText(options.report, await report());
    terminal.write(`Report: ${terminal.bold(options.report)} (open it in a browser; it needs no network)`);
  }
  if (options.json === true) process.stdout.write(`${json()}\n`);
  else if (options.json !== undefined) await writeText(options.json, `${json()}\n`);
}
