import { spawnSync } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import ts from "typescript";

import { allExamples } from "../src/examples.ts";
import { programOf } from "../src/programs.ts";
import { root } from "../src/repository.ts";
import { withChecks } from "../src/shown-values.ts";

// Inside this package, so that the examples find every @opt package among its dependencies.
const folder = join(root, "tooling", "checks", ".examples");
rmSync(folder, { recursive: true, force: true });
mkdirSync(folder, { recursive: true });
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

const examples = allExamples().map((example, index) => {
  const path = join(folder, `example-${index}.ts`);
  // `export {}` makes a module of an example that imports nothing.
  writeFileSync(path, `${example.code}\nexport {};\n`);
  const checked = path.replace(".ts", ".checked.ts");
  writeFileSync(checked, `${withChecks(example.code)}\nexport {};\n`);
  return { ...example, path, checked };
});
const originOf = (path: string): string => examples.find((example) => example.path === path || example.checked === path)?.origin ?? path;

it("the examples of the documentation type-check", () => {
  const program = programOf(
    examples.map(({ path }) => relative(root, path)),
    { noUnusedLocals: false, noUnusedParameters: false, isolatedDeclarations: false, declaration: false, declarationMap: false },
  );
  const problems = ts
    .getPreEmitDiagnostics(program)
    .filter(({ file }) => file?.fileName.includes("/.examples/"))
    .map(({ file, start, messageText }) => {
      const line = file === undefined || start === undefined ? 0 : file.getLineAndCharacterOfPosition(start).line + 1;
      return `${originOf(file?.fileName ?? "")}, line ${line} of the example: ${ts.flattenDiagnosticMessageText(messageText, "\n")}`;
    });
  expect(problems).toEqual([]);
}, 120_000);

it("the examples of the documentation run, and compute what their comments show", () => {
  const files = examples.filter(({ run }) => run === "alone").map(({ checked }) => checked);
  const runner = join(root, "tooling", "checks", "src", "run-examples.ts");
  const { stdout, stderr, status } = spawnSync(process.execPath, ["--conditions=@opt/source", runner, ...files], {
    encoding: "utf8",
    cwd: folder,
    timeout: 100_000,
  });
  expect(status, stderr).toBe(0);
  const failures = JSON.parse(stdout.trim().split("\n").at(-1) ?? "{}") as Record<string, string>;
  expect(Object.entries(failures).map(([path, message]) => `${originOf(path)}: ${message}`)).toEqual([]);
}, 120_000);

for (const { origin, path } of examples.filter(({ run }) => run === "as a suite")) {
  describe(`${origin}, an example that is itself a suite`, async () => {
    await import(/* @vite-ignore */ path);
  });
}
