import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";

/** The root of the repository. */
export const root: string = fileURLToPath(new URL("../../../", import.meta.url));

/** The folders below `packages/`, such as `core`. */
export const packageFolders: readonly string[] = readdirSync(join(root, "packages"))
  .filter((folder) => existsSync(join(root, "packages", folder, "package.json")))
  .sort();

/** The parts of a package.json that the laws are about. */
export interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly license: string;
  readonly type: string;
  readonly sideEffects: boolean;
  readonly packageManager?: string;
  readonly repository: { readonly directory: string };
  readonly engines: { readonly node: string };
  readonly files: readonly string[];
  readonly exports: Readonly<Record<string, string | Readonly<Record<string, string>>>>;
  readonly scripts: Readonly<Record<string, string>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
}

/** The text of a file, by its path from the root. */
export function textOf(path: string): string {
  return readFileSync(join(root, path), "utf8");
}

/** The package.json of a folder, by its path from the root. */
export function manifestOf(folder: string): Manifest {
  return JSON.parse(textOf(join(folder, "package.json"))) as Manifest;
}

/** The files below a folder whose names end in a given way, as paths from the root; without what is installed, built or generated. */
export function filesBelow(folder: string, ending: string): string[] {
  const ignored = new Set(["node_modules", "dist", ".git", ".turbo", ".examples", "coverage"]);
  const found: string[] = [];
  const visit = (path: string): void => {
    for (const name of readdirSync(path)) {
      if (ignored.has(name)) continue;
      const child = join(path, name);
      if (statSync(child).isDirectory()) visit(child);
      else if (name.endsWith(ending)) found.push(relative(root, child));
    }
  };
  if (existsSync(join(root, folder))) visit(join(root, folder));
  return found.sort();
}

/** The source files of a package, as paths from the root. */
export function sourcesOf(folder: string): string[] {
  return filesBelow(join("packages", folder, "src"), ".ts");
}

/** The source files that the `exports` of a package name, as paths from the root, by what a user imports. */
export function entriesOf(folder: string): Readonly<Record<string, string>> {
  const manifest = manifestOf(join("packages", folder));
  const entries: Record<string, string> = {};
  for (const [entry, target] of Object.entries(manifest.exports)) {
    const source = typeof target === "string" ? undefined : target["@opt/source"];
    if (source !== undefined) entries[manifest.name + entry.slice(1)] = join("packages", folder, source);
  }
  return entries;
}
