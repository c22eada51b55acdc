import { OptError } from "@opt/core";
import { CommanderError } from "commander";
import { runDigitsCommand } from "./digits/digits-command.ts";
import { EXIT_CODES } from "./exit-codes.ts";
import { listenForInterruption } from "./interruption.ts";
import type { OutputOptions } from "./output.ts";
import { makeProgram } from "./program.ts";
import type { Terminal } from "./terminal/console-style.ts";
import { openTerminal } from "./terminal/console-style.ts";

/** Gives a command the terminal and Ctrl-C. */
async function inForeground<Result>(options: Pick<OutputOptions, "json" | "quiet">, work: (terminal: Terminal, signal: AbortSignal) => Promise<Result>): Promise<Result> {
  const terminal = openTerminal(process.stdout, process.env, options.quiet === true || options.json === true);
  const interruption = listenForInterruption();
  try {
    return await work(terminal, interruption.signal);
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
 * @returns the exit code, one of {@link EXIT_CODES}
 */
export async function runCommandLine(words: readonly string[]): Promise<number> {
  const command = ["npm run demo", ...(words.length > 0 ? ["--", ...words] : [])].join(" ");
  let exitCode: number = EXIT_CODES.done;
  const program = makeProgram({
    digits: async (options) => {
      exitCode = await inForeground(options, (terminal, signal) => runDigitsCommand(options, command, terminal, signal));
    },
    chapter: async (options) => {
      const { runChapterCommand } = await import("./chapter/chapter-command.ts");
      exitCode = await inForeground(options, (terminal, signal) => runChapterCommand(options, command, terminal, signal));
    },
    page: async (options) => {
      const { runPageCommand } = await import("./page/page-command.ts");
      exitCode = await inForeground({}, (terminal, signal) => runPageCommand(options, terminal, signal));
    },
  });
  try {
    await program.parseAsync(words, { from: "user" });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT_CODES.done : EXIT_CODES.wrongUsage;
    if (!isExplained(error)) throw error;
    process.stderr.write(`error: ${error.message}\n`);
    return error instanceof OptError && error.code === "option" ? EXIT_CODES.wrongUsage : EXIT_CODES.failed;
  }
}
