import { InvalidArgumentError, Option } from "commander";
import type { OptionGroups } from "../help.ts";
import { toNumber } from "../option-values.ts";

/** What the command line asks for; the names are the options in camelCase. */
export interface PageOptions {
  readonly host: string;
  readonly port: number;
}

/** A whole number from 0 to 65535. */
function parsePort(text: string): number {
  const value = toNumber(text);
  if (!Number.isInteger(value) || value < 0 || value > 65_535) throw new InvalidArgumentError("It must be a whole number from 0 to 65535.");
  return value;
}

/** The options by the titles under which the help lists them. */
export function pageOptions(): OptionGroups {
  return {
    "Server:": [
      new Option("--host <name>", "the address to listen at; 0.0.0.0 for the whole network, where browsers offer WebGPU only over HTTPS").default("localhost", "localhost"),
      new Option("--port <number>", "the port; the next free one where it is taken, any free one for 0").argParser(parsePort).default(4173),
    ],
  };
}

/** What follows the options in the help. */
export function pageHelp(): string {
  return `
Ctrl-C ends the server. The built page stays in apps/demo/dist and can be served from anywhere.
Exit codes: 0 ended with Ctrl-C, 1 failed, 2 wrong usage.`;
}
