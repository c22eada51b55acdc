import ts from "typescript";

import { textOf } from "./repository.ts";

/** The specifiers that a source file imports or re-exports from, dynamic imports included. */
export function importsOf(file: string): string[] {
  return ts.preProcessFile(textOf(file), true, false).importedFiles.map(({ fileName }) => fileName);
}

/** `@opt/data/node` → `@opt/data`, `picocolors/x` → `picocolors`. */
export function packageOf(specifier: string): string {
  return specifier.split("/").slice(0, specifier.startsWith("@") ? 2 : 1).join("/");
}
