import type { ChildProcess } from "node:child_process";
import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

const CLI = fileURLToPath(new URL("../../src/cli.ts", import.meta.url));

/** What a finished command line left behind. */
export interface CliResult {
  readonly code: number | null;
  readonly output: string;
  readonly errors: string;
}

/** Options of {@link runCli}. */
export interface CliOptions {
  readonly cwd: string;
  readonly environment?: NodeJS.ProcessEnv;
  /** Called with everything printed so far, whenever there is more. */
  readonly onOutput?: (output: string, child: ChildProcess) => void;
}

/** Runs the real command line in a process of its own, with pipes for its output. */
export function runCli(words: readonly string[], options: CliOptions): Promise<CliResult> {
  // Whether colors are wanted is not inherited from the runner of the tests: Node warns where two variables say different things.
  const { FORCE_COLOR: _force, NO_COLOR: _no, ...inherited } = process.env;
  const child = spawn(process.execPath, ["--conditions=@opt/source", CLI, ...words], {
    cwd: options.cwd,
    env: { ...inherited, ...options.environment },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  let errors = "";
  child.stdout.on("data", (chunk: Buffer) => {
    output += chunk.toString();
    options.onOutput?.(output, child);
  });
  child.stderr.on("data", (chunk: Buffer) => {
    errors += chunk.toString();
  });
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => {
      resolve({ code, output, errors });
    });
  });
}
