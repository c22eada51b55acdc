import { parseArgs, type ParseArgsOptionsConfig } from "node:util";

/** What the command line asks for. */
export interface Options {
  readonly only: readonly string[];
  readonly gpu: boolean;
  readonly serve: boolean;
  readonly list: boolean;
  readonly check: boolean;
  readonly json: string | undefined;
  readonly record: boolean;
  readonly figures: boolean;
  readonly rounds: number;
  readonly seconds: number;
  readonly help: boolean;
}

/** A mistake on the command line. */
export class UsageError extends Error {}

/** The help text. */
export const usage = `npm run bench -- [options]

  --only NAME     one row; may be repeated
  --gpu           the rows that run on a GPU, in headless Chromium, instead of the others
  --serve         with --gpu: serves them as a page for any browser, which shows what it measures
  --list          the rows and what they measure
  --check         exit code 1, and a list of what falls short, unless every bar is reached
  --json FILE     also writes the outcomes as JSON; - is the terminal
  --record        also writes the tables, with date and command, into bench/RESULTS.md
  --figures       measures how cost grows and writes bench/figures/*.svg, instead of the rows
  --rounds N      turns of each contender (default 11)
  --seconds S     how long a contender works in one turn (default 0.05; on a GPU 0.5)
  --help          this text

Environment: OPT_BENCH_PYTHON, a Python with PyTorch (default python3); CC, a C compiler (default gcc); CHROMIUM_PATH, a Chromium;
OPT_BENCH_CLOCK=cpu counts the time that the measured thread ran, for a machine that others use as well.`;

const known = {
  only: { type: "string", multiple: true, default: [] as string[] },
  gpu: { type: "boolean", default: false },
  serve: { type: "boolean", default: false },
  list: { type: "boolean", default: false },
  check: { type: "boolean", default: false },
  json: { type: "string" },
  record: { type: "boolean", default: false },
  figures: { type: "boolean", default: false },
  rounds: { type: "string", default: "11" },
  seconds: { type: "string" },
  help: { type: "boolean", default: false },
} as const satisfies ParseArgsOptionsConfig;

function parse(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: known }).values;
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

/** A number from the command line. */
function positive(name: string, text: string): number {
  const value = Number(text);
  if (!(value > 0)) throw new UsageError(`--${name} must be a positive number; got ${text}`);
  return value;
}

/**
 * Reads the command line.
 *
 * @throws UsageError for an unknown option or a bad value.
 */
export function readOptions(args: readonly string[]): Options {
  const values = parse(args);
  if (values.serve && !values.gpu) throw new UsageError("--serve goes with --gpu");
  // A turn on a GPU ends with a read, which must not weigh on what it measures.
  const seconds = values.seconds ?? (values.gpu ? "0.5" : "0.05");
  return { ...values, json: values.json, rounds: Math.ceil(positive("rounds", values.rounds)), seconds: positive("seconds", seconds) };
}
