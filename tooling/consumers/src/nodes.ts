import { spawnSync } from "node:child_process";
import { existsSync, realpathSync } from "node:fs";
import { delimiter, join } from "node:path";

/** A Node to run the packed packages on. */
export interface NodeToTry {
  readonly path: string;
  readonly version: string;
}

function versionOf(path: string): string {
  return spawnSync(path, ["-p", "process.versions.node"], { encoding: "utf8" }).stdout.trim();
}

/**
 * The Node that runs this script, and the machine's own one: the oldest that the packages support, wherever that is 20.
 * The environment variable `OPT_OTHER_NODE` names another one.
 */
export function nodesToTry(): NodeToTry[] {
  const current = { path: process.execPath, version: process.versions.node };
  const executable = process.platform === "win32" ? "node.exe" : "node";
  const onPath = (process.env["PATH"] ?? "").split(delimiter).map((folder) => join(folder, executable));
  const paths = [process.env["OPT_OTHER_NODE"], process.env["npm_node_execpath"], ...onPath].filter((path) => path !== undefined);
  const others = [...new Set(paths.filter((path) => existsSync(path)).map((path) => realpathSync(path)))]
    .map((path) => ({ path, version: versionOf(path) }))
    .filter(({ version }) => version !== current.version);
  return [...others.slice(0, 1), current];
}
