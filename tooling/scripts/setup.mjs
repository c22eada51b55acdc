/**
 * The set-up that `npm test` and `npm run demo` do for themselves on a machine that has only Node 20 and npm.
 * Plain JavaScript, because Node 20 cannot run TypeScript.
 */
import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";

const windows = process.platform === "win32";

/** The root of the repository. */
export const root = fileURLToPath(new URL("../../", import.meta.url));

/** The commands of the development dependencies. */
export const bin = join(root, "node_modules", ".bin");

/** The Node that the scripts run with: the development dependency, whatever the machine has. */
export const node = join(root, "node_modules", "node", "bin", windows ? "node.exe" : "node");

/** The machine's environment, with the project's own Node and tools first. */
export const environment = { ...process.env, PATH: bin + delimiter + process.env.PATH, TURBO_TELEMETRY_DISABLED: "1" };

/** Written after an installation: the digest of the lockfile that it followed. */
const marker = join(root, "node_modules", ".installed-lockfile");

function lockfileDigest() {
  return createHash("sha256").update(readFileSync(join(root, "pnpm-lock.yaml"))).digest("hex");
}

function isInstalled(digest) {
  return existsSync(node) && existsSync(marker) && readFileSync(marker, "utf8") === digest;
}

/** Installs the exact versions of the lockfile, unless that was already done. Exits when it fails. */
export function ensureInstalled() {
  const digest = lockfileDigest();
  if (isInstalled(digest)) return;
  const { packageManager } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  console.log(`Installing the development tools with ${packageManager} (once; about a minute when nothing is cached) …`);
  const started = performance.now();
  const installation = spawnSync("npx", ["--yes", packageManager, "install", "--frozen-lockfile"], {
    cwd: root,
    stdio: ["ignore", "inherit", "inherit"],
    shell: windows,
    // Everything needed is a development dependency.
    env: { ...process.env, NODE_ENV: "development" },
  });
  if (installation.status !== 0 || !existsSync(node)) {
    console.error(`The installation failed: ${installation.error?.message ?? `see the lines above (exit code ${installation.status})`}.`);
    process.exit(1);
  }
  writeFileSync(marker, digest);
  console.log(`Installed in ${((performance.now() - started) / 1000).toFixed(1)} s.`);
}

/**
 * Runs a command of the project and hands its exit code back; the terminal stays with the command, and so does Ctrl-C.
 * @param {string} command
 * @param {readonly string[]} parameters
 * @returns {Promise<number>}
 */
export function runInForeground(command, parameters) {
  return new Promise((resolve) => {
    const child = spawn(command, parameters, { cwd: root, stdio: "inherit", env: environment });
    // The terminal sends Ctrl-C to the child as well: wait for what the child makes of it.
    process.on("SIGINT", () => {});
    process.on("SIGTERM", () => child.kill("SIGTERM"));
    child.on("error", (error) => {
      console.error(`${command} did not start: ${error.message}`);
      resolve(1);
    });
    child.on("close", (code, signal) => resolve(code ?? (signal === "SIGINT" ? 130 : 1)));
  });
}
