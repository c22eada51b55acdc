import { join } from "node:path";
import ts from "typescript";

import { root } from "./repository.ts";

/** The compiler options of the repository, for a program that reads the sources of every package. */
function compilerOptions(): ts.CompilerOptions {
  const path = join(root, "tsconfig.json");
  const { config } = ts.readConfigFile(path, (file) => ts.sys.readFile(file)) as { config: { include?: unknown } };
  return ts.parseJsonConfigFileContent({ ...config, include: [], files: ["vitest.config.ts"] }, ts.sys, root, undefined, path).options;
}

/** A program over some files, given by their paths from the root. */
export function programOf(files: readonly string[], changes: ts.CompilerOptions = {}): ts.Program {
  return ts.createProgram(
    files.map((file) => join(root, file)),
    { ...compilerOptions(), ...changes, noEmit: true },
  );
}

/** What stands behind an exported name: the declaration itself, not the line that re-exports it. */
export function declarationOf(symbol: ts.Symbol, checker: ts.TypeChecker): ts.Symbol {
  return (symbol.flags & ts.SymbolFlags.Alias) === 0 ? symbol : checker.getAliasedSymbol(symbol);
}
