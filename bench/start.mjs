/**
 * `npm run bench`: sets up what is missing (the tools, the packages' `dist`, the JavaScript peers), then measures.
 * Plain JavaScript, because Node 20 starts it.
 */
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { bin, ensureInstalled, environment, node, root, runInForeground } from "../tooling/scripts/setup.mjs";

const windows = process.platform === "win32";
const bench = fileURLToPath(new URL(".", import.meta.url));
/** The packages that the rows use; npm does not understand pnpm's `workspace:` ranges, so they are linked by hand. */
const packages = ["core", "first-order", "init", "nn", "schedules"];

/** Runs a step of the set-up, or ends with its exit code. */
function step(what, command, parameters, cwd) {
  console.log(`${what} …`);
  const { status, error } = spawnSync(command, parameters, { cwd, stdio: ["ignore", "ignore", "inherit"], shell: windows, env: environment });
  if (status === 0) return;
  console.error(`${what}: ${command} failed${error === undefined ? "" : ` (${error.message})`}.`);
  process.exit(status ?? 1);
}

/** Installs the peers of the lockfile, unless that was already done. */
function installPeers() {
  const marker = join(bench, "node_modules", ".installed-lockfile");
  const digest = createHash("sha256").update(readFileSync(join(bench, "package-lock.json"))).digest("hex");
  if (existsSync(marker) && readFileSync(marker, "utf8") === digest) return;
  step("Installing TensorFlow.js and jax-js into bench/node_modules (once; about 300 MB)", "npm", ["ci", "--no-audit", "--no-fund", "--loglevel=error"], bench);
  writeFileSync(marker, digest);
}

function linkPackages() {
  const scope = join(bench, "node_modules", "@opt");
  rmSync(scope, { recursive: true, force: true });
  mkdirSync(scope, { recursive: true });
  for (const name of packages) symlinkSync(join(root, "packages", name), join(scope, name), "junction");
}

ensureInstalled();
const filters = packages.map((name) => `--filter=@opt/${name}`);
step(`Building dist of ${packages.map((name) => `@opt/${name}`).join(", ")}`, join(bin, windows ? "turbo.cmd" : "turbo"), ["run", "build", ...filters, "--output-logs=errors-only"], root);
installPeers();
linkPackages();
process.exitCode = await runInForeground(node, ["bench/src/cli.ts", ...process.argv.slice(2)]);
