import { join } from "node:path";
import { describe, expect, it } from "vitest";
import ts from "typescript";

import { declarationOf, programOf } from "../src/programs.ts";
import { entriesOf, packageFolders, root } from "../src/repository.ts";

const entries = Object.assign({}, ...packageFolders.map(entriesOf)) as Record<string, string>;
const program = programOf(Object.values(entries));
const checker = program.getTypeChecker();

function exportsOf(file: string): ts.Symbol[] {
  const source = program.getSourceFile(join(root, file));
  const module = source && checker.getSymbolAtLocation(source);
  return module === undefined ? [] : checker.getExportsOfModule(module).sort((a, b) => (a.name < b.name ? -1 : 1));
}

function kindOf(symbol: ts.Symbol): string {
  const { flags } = declarationOf(symbol, checker);
  if (flags & ts.SymbolFlags.Function) return "function";
  if (flags & ts.SymbolFlags.Class) return "class";
  return flags & ts.SymbolFlags.Value ? "const" : "type";
}

describe.each(Object.entries(entries))("%s", (entry, file) => {
  // A name that comes or goes is seen in review; `npx vitest run --project tooling/checks -u` writes the lists anew.
  it("exports the names on its list", async () => {
    const list = exportsOf(file).map((symbol) => `${kindOf(symbol)} ${symbol.name}`);
    expect(list.length, "an entry without exports").toBeGreaterThan(0);
    await expect(`${list.join("\n")}\n`).toMatchFileSnapshot(`../exports/${entry.replace("@opt/", "").replace("/", "-")}.txt`);
  });

  it("documents every name that it exports", () => {
    const undocumented = exportsOf(file)
      .filter((symbol) => declarationOf(symbol, checker).getDocumentationComment(checker).length === 0)
      .map(({ name }) => name);
    expect(undocumented).toEqual([]);
  });

  it("shows its examples as `ts` fences, so that they are run", () => {
    const wrong = exportsOf(file).filter((symbol) =>
      declarationOf(symbol, checker)
        .getJsDocTags(checker)
        .some(({ name, text }) => name === "example" && !ts.displayPartsToString(text).includes("```ts")),
    );
    expect(wrong.map(({ name }) => name)).toEqual([]);
  });

  it("names the parameters of its functions in their documentation as they are named in the code", () => {
    const wrong = exportsOf(file).flatMap((symbol) => {
      const declarations = (declarationOf(symbol, checker).declarations ?? []).filter(ts.isFunctionDeclaration);
      const parameters = declarations.flatMap((declaration) => [...declaration.parameters]);
      // A destructured parameter has no name of its own.
      if (parameters.some(({ name }) => !ts.isIdentifier(name))) return [];
      const names = new Set(parameters.map(({ name }) => name.getText()));
      return declarations
        .flatMap((declaration) => ts.getJSDocTags(declaration).filter(ts.isJSDocParameterTag))
        .map((tag) => tag.name.getText())
        .filter((name) => !names.has(name.split(".")[0] ?? ""))
        .map((name) => `${symbol.name}: @param ${name}`);
    });
    expect(wrong).toEqual([]);
  });
});
