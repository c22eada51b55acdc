import { describe, expect, it } from "vitest";

import { allowedImports, outsideImports, packageNames } from "../../eslint/dependency-table.js";
import { importsOf, packageOf } from "../src/imports.ts";
import { manifestOf, packageFolders, sourcesOf } from "../src/repository.ts";

/** The sub-path of @opt/data that reads files, and the reader of golden values. */
const MAY_READ_FILES = /^packages\/(data\/src\/node|testing\/src\/)/;

it("the dependency table names every package", () => {
  expect([...packageNames].sort()).toEqual(packageFolders);
});

it("the dependency table has no cycle: whatever a package may import stands above it", () => {
  for (const [index, name] of packageNames.entries()) {
    for (const allowed of allowedImports[name] ?? []) expect(packageNames.indexOf(allowed), `${name} may import ${allowed}`).toBeLessThan(index);
  }
});

describe.each(packageFolders)("packages/%s", (folder) => {
  const manifest = manifestOf(`packages/${folder}`);
  const imported = sourcesOf(folder).flatMap((file) => importsOf(file).map((specifier) => ({ file, specifier })));
  const named = imported.filter(({ specifier }) => !specifier.startsWith(".") && !specifier.startsWith("node:"));
  const siblings = (allowedImports[folder] ?? []).map((name) => `@opt/${name}`);
  const allowed = [...siblings, ...(outsideImports[folder] ?? [])];
  const peers = Object.keys(manifest.peerDependencies ?? {});

  it("imports only what the table allows", () => {
    const wrong = named.filter(({ specifier }) => ![...allowed, ...peers].includes(packageOf(specifier)));
    expect(wrong).toEqual([]);
  });

  it("declares exactly what it imports", () => {
    const used = new Set(named.map(({ specifier }) => packageOf(specifier)));
    expect(Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies }).sort()).toEqual([...used].sort());
  });

  it("depends on siblings through the workspace", () => {
    const named = Object.entries(manifest.dependencies ?? {}).filter(([name]) => name.startsWith("@opt/"));
    expect(named.filter(([, range]) => range !== "workspace:^")).toEqual([]);
  });

  it("imports its own files with their ending, and nothing outside its src by a path", () => {
    const wrong = imported.filter(({ file, specifier }) => {
      if (!specifier.startsWith(".")) return false;
      const depth = file.split("/").length - 4;
      const climbs = specifier.split("/").filter((part) => part === "..").length;
      return !specifier.endsWith(".ts") || climbs > depth;
    });
    expect(wrong).toEqual([]);
  });

  it("has Node modules only where files are read", () => {
    const wrong = imported.filter(({ file, specifier }) => specifier.startsWith("node:") && !MAY_READ_FILES.test(file));
    expect(wrong).toEqual([]);
  });
});
