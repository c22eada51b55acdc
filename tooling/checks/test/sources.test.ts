import { describe, expect, it } from "vitest";

import { filesBelow, packageFolders, sourcesOf, textOf } from "../src/repository.ts";

const MOST_LINES = 400;

/** The lines of some files that match, each with its place. */
function linesThatMatch(files: readonly string[], pattern: RegExp): string[] {
  return files.flatMap((file) =>
    textOf(file)
      .split("\n")
      .flatMap((line, index) => (pattern.test(line) ? [`${file}:${index + 1}: ${line.trim()}`] : [])),
  );
}

describe.each(packageFolders)("packages/%s", (folder) => {
  const sources = sourcesOf(folder);

  it("exports by name: no `export *`, no default", () => {
    expect(linesThatMatch(sources, /^export (\*|default)/)).toEqual([]);
  });

  it("never prints", () => {
    expect(linesThatMatch(sources, /^(?!\s*\*).*\bconsole\.\w+\(/)).toEqual([]);
  });

  it("has an index that only lists names", () => {
    const index = textOf(`packages/${folder}/src/index.ts`).replace(/\/\*[\s\S]*?\*\//g, "").replace(/\/\/.*$/gm, "");
    expect(index.replace(/export (type )?\{[^}]*\}( from "[^"]+")?;/g, "").trim()).toBe("");
  });
});

describe("every source and test", () => {
  const files = ["packages", "apps", "tooling"].flatMap((parent) => [".ts", ".js", ".mjs"].flatMap((ending) => filesBelow(parent, ending)));
  const kebabCase = /^[a-z0-9]+(-[a-z0-9]+)*(\.(test|test-d|bench|d|config))*\.(ts|js|mjs)$/;

  it(`has at most ${MOST_LINES} lines`, () => {
    const lengths = files.map((file) => ({ file, lines: textOf(file).split("\n").length - 1 }));
    expect(lengths.filter(({ lines }) => lines > MOST_LINES)).toEqual([]);
  });

  it("has a kebab-case name", () => {
    const wrong = files.filter((file) => !kebabCase.test(file.split("/").at(-1) ?? ""));
    expect(wrong).toEqual([]);
  });

  it("switches no rule off without a reason", () => {
    expect(linesThatMatch(files, /(\/\/|\/\*) *eslint-disable(?!.* -- \S)/)).toEqual([]);
    expect(linesThatMatch(files, /(\/\/|\/\*) *@ts-(ignore|nocheck|expect-error) *$/)).toEqual([]);
  });
});
