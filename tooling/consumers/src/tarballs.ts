import { mkdirSync, mkdtempSync, readdirSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { run } from "./run.ts";

/** The root of the repository. */
export const root: string = fileURLToPath(new URL("../../../", import.meta.url));

/** A package as it would be published. */
export interface PackedPackage {
  /** Such as `@opt/core`. */
  readonly name: string;
  /** The path of the tarball. */
  readonly tarball: string;
  /** The folder of the sources. */
  readonly folder: string;
  /** What a user can import, such as `@opt/data/node`. */
  readonly entries: readonly string[];
}

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly exports: Readonly<Record<string, unknown>>;
}

/**
 * The packages whose tarballs lie in a folder; what is missing there is packed first. The packages must be built.
 * @param folder - default: a new temporary folder
 */
export function packedPackages(folder: string = mkdtempSync(join(tmpdir(), "opt-packed-"))): PackedPackage[] {
  mkdirSync(folder, { recursive: true });
  if (readdirSync(folder).length === 0) run("pnpm", ["-r", "--filter", "./packages/*", "pack", "--pack-destination", folder], root);
  return readdirSync(join(root, "packages")).map((name) => {
    const source = join(root, "packages", name);
    const manifest = JSON.parse(readFileSync(join(source, "package.json"), "utf8")) as Manifest;
    return {
      name: manifest.name,
      tarball: join(folder, `${manifest.name.replace("@", "").replace("/", "-")}-${manifest.version}.tgz`),
      folder: source,
      entries: Object.keys(manifest.exports)
        .filter((entry) => entry !== "./package.json")
        .map((entry) => manifest.name + entry.slice(1)),
    };
  });
}
