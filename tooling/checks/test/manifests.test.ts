import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";

import { filesBelow, manifestOf, packageFolders, root, textOf } from "../src/repository.ts";

describe.each(packageFolders)("packages/%s", (folder) => {
  const path = `packages/${folder}`;
  const manifest = manifestOf(path);

  it.each(["README.md", "LICENSE", "tsconfig.json", "tsconfig.build.json", "src/index.ts"])("has %s", (file) => {
    expect(existsSync(join(root, path, file))).toBe(true);
  });

  it("has the license of the repository", () => {
    expect(textOf(`${path}/LICENSE`)).toBe(textOf("LICENSE"));
    expect(manifest.license).toBe("MIT");
  });

  it("has the manifest of every package", () => {
    expect(manifest).toMatchObject({
      name: `@opt/${folder}`,
      version: manifestOf("packages/core").version,
      type: "module",
      sideEffects: false,
      engines: { node: ">=20" },
      files: ["dist", "src"],
      repository: { directory: path },
    });
  });

  it("offers the sources first, then the types, then the code", () => {
    for (const [entry, target] of Object.entries(manifest.exports)) {
      if (entry === "./package.json") continue;
      const name = entry === "." ? "index" : entry.slice(2);
      // As lists, because the order of the conditions matters.
      expect(Object.entries(target)).toEqual([
        ["@opt/source", `./src/${name}.ts`],
        ["types", `./dist/${name}.d.ts`],
        ["default", `./dist/${name}.js`],
      ]);
    }
    expect(manifest.exports["./package.json"]).toBe("./package.json");
  });
});

describe("pinned versions", () => {
  const workspace = textOf("pnpm-workspace.yaml");
  const catalogVersion = (name: string): string | undefined => new RegExp(`^  "?${name}"?: (\\S+)$`, "m").exec(workspace)?.[1];

  it("pnpm is the same wherever it is named", () => {
    const version = catalogVersion("pnpm");
    expect(version).toMatch(/^\d+\.\d+\.\d+$/);
    const places = ["package.json", "CONTRIBUTING.md", ...filesBelow(".github/workflows", ".yml")];
    const named = places.flatMap((place) => [...textOf(place).matchAll(/pnpm@(\d[\w.]*)/g)].map((match) => `${place}: ${match[1] ?? ""}`));
    expect(named.length).toBeGreaterThanOrEqual(2);
    expect(named.filter((place) => !place.endsWith(`: ${version ?? ""}`))).toEqual([]);
  });

  it("Node is the same wherever it is named", () => {
    expect(textOf(".node-version").trim()).toBe(catalogVersion("node"));
    expect(/^nodeVersion: (\S+)$/m.exec(workspace)?.[1]).toBe(catalogVersion("node"));
  });

  it("the catalog pins exact versions, and every outside package comes from it", () => {
    const block = /^catalog:\n((?: {2}.*\n)+)/m.exec(workspace)?.[1] ?? "";
    expect(block.split("\n").filter((line) => line !== "" && !/^ {2}\S+: \d+\.\d+\.\d+(-\S+)?$/.test(line))).toEqual([]);
    const members = ["packages", "apps", "tooling"].flatMap((parent) => filesBelow(parent, "package.json")).map(dirname);
    const folders = [".", ...members.filter((folder) => folder.split("/").length === 2)];
    const wrong = folders.flatMap((folder) => {
      const { dependencies, devDependencies } = manifestOf(folder);
      return Object.entries({ ...dependencies, ...devDependencies })
        .filter(([name, range]) => range !== (name.startsWith("@opt/") ? "workspace:^" : "catalog:"))
        .map(([name, range]) => `${folder}: ${name}: ${range}`);
    });
    expect(wrong).toEqual([]);
  });
});
