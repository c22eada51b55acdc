/**
 * What a user does: an empty project, the packed packages from the tarballs, TypeScript in both module resolutions, Node 20 and the current one.
 * Nothing here reads the sources of the packages.
 */
import { cpSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { nodesToTry } from "./nodes.ts";
import { run } from "./run.ts";
import { type PackedPackage, packedPackages, root } from "./tarballs.ts";

const templates = join(root, "tooling", "consumers", "templates");
const temporary = mkdtempSync(join(tmpdir(), "opt-consumers-"));
const packages = packedPackages(process.argv[2]);
const nodes = nodesToTry();

/** An empty project that installs some of the packages from their tarballs. The registry is asked only for what they depend on. */
function makeProject(name: string, wanted: readonly PackedPackage[]): string {
  const folder = join(temporary, name);
  mkdirSync(folder, { recursive: true });
  const dependencies = Object.fromEntries(wanted.map((each) => [each.name, `file:${each.tarball}`]));
  writeFileSync(join(folder, "package.json"), JSON.stringify({ name, private: true, type: "module", dependencies }));
  // Peers (vitest) are what the user has already.
  run("npm", ["install", "--prefer-offline", "--legacy-peer-deps", "--no-audit", "--no-fund", "--no-package-lock"], folder);
  cpSync(join(templates, name), folder, { recursive: true });
  cpSync(join(templates, "tsconfig.nodenext.json"), join(folder, "tsconfig.nodenext.json"));
  cpSync(join(templates, "tsconfig.bundler.json"), join(folder, "tsconfig.bundler.json"));
  return folder;
}

/** Type-checks the project in both module resolutions, and the declarations it imports; the first one also writes the JavaScript. */
function checkTypes(folder: string, ...options: readonly string[]): void {
  for (const resolution of ["nodenext", "bundler"]) run("tsc", ["-p", `tsconfig.${resolution}.json`, ...options], folder);
}

/** Runs the compiled `use.ts` on every Node. */
function use(folder: string): void {
  for (const node of nodes) run(node.path, ["out/use.js"], folder);
}

/** A module that imports everything that can be imported, and fails where an import brings nothing. */
function importsOf(entries: readonly string[]): string {
  const lines = entries.map((entry, index) => `import * as entry${index} from "${entry}";`);
  const uses = entries.map((entry, index) => `if (Object.keys(entry${index}).length === 0) throw new Error("${entry} exports nothing");`);
  return [...lines, ...uses, ""].join("\n");
}

try {
  const testing = packages.filter(({ name }) => name === "@opt/testing");
  const ordinary = packages.filter(({ name }) => name !== "@opt/testing");

  const everything = makeProject("everything", ordinary);
  writeFileSync(join(everything, "imports.ts"), importsOf(ordinary.flatMap(({ entries }) => entries)));
  // AbortSignal and Blob are of the platform: a user of all packages has its types. A user of two needs only the language.
  checkTypes(everything, "--lib", "ES2022,DOM");
  use(everything);

  const selective = makeProject("selective", ordinary.filter(({ name }) => name === "@opt/core" || name === "@opt/first-order"));
  checkTypes(selective);
  use(selective);

  // A third party checks an optimizer of its own with our contract suite.
  const thirdParty = makeProject("third-party", [...testing, ...ordinary.filter(({ name }) => name === "@opt/core")]);
  symlinkSync(realpathSync(join(root, "node_modules", "vitest")), join(thirdParty, "node_modules", "vitest"));
  // The declarations of vitest are no business of ours.
  checkTypes(thirdParty, "--skipLibCheck");
  run("vitest", ["run", "--root", thirdParty, "--exclude", "out/**"], thirdParty);

  if (!nodes.some(({ version }) => version.startsWith("20."))) console.log("note: no Node 20 on this machine, the oldest that the packages support");
  console.log(`note: 3 projects, run on ${nodes.map(({ version }) => `Node ${version}`).join(" and ")}`);
} finally {
  rmSync(temporary, { recursive: true, force: true });
}
