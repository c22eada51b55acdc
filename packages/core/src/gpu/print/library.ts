import { failInternally } from "../../errors.ts";
import { basicFunction } from "./basics.ts";
import type { Dialect } from "./dialect.ts";
import { translate } from "./dialect.ts";
import { integers } from "./integers.ts";
import { mathematics } from "./mathematics.ts";
import { threefry } from "./threefry.ts";

/** Functions by name, in our notation. */
type Functions = ReadonlyMap<string, string>;

/** Splits a text into its functions: each starts at the left edge and ends with a brace there. */
export function functionsIn(text: string): Map<string, string> {
  const functions = new Map<string, string>();
  for (const piece of text.split(/^(?=\w)/m)) {
    const name = /^\w+ (\w+)\(/.exec(piece)?.[1];
    if (name !== undefined) functions.set(name, piece.trim());
  }
  return functions;
}

const library: Functions = functionsIn([mathematics, integers, threefry].join("\n"));

/** A function of the library, for its signature. */
export function libraryFunction(name: string): string | undefined {
  return library.get(name);
}

/**
 * Writes functions and all that they call, each after those that it calls.
 *
 * @param own - Functions of one kernel.
 * @param called - The names that the kernel calls.
 * @param dialect - The language.
 */
export function writeFunctions(own: Functions, called: readonly string[], dialect: Dialect): string {
  const written = new Set<string>();
  const texts: string[] = [];
  const write = (name: string): void => {
    if (written.has(name)) return;
    written.add(name);
    const text = own.get(name) ?? library.get(name) ?? basicFunction(name, dialect) ?? failInternally(`there is no GPU function ${name}`);
    for (const [callee] of text.matchAll(/\bq[A-Z]\w*(?=\()/g)) if (callee !== name) write(callee);
    texts.push(text);
  };
  for (const name of called) write(name);
  return translate(texts.join("\n"), dialect);
}
