import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { Measurement, Row } from "../row.ts";

const root = fileURLToPath(new URL("../../../", import.meta.url));
const program = fileURLToPath(new URL("../../../node_modules/size-limit/bin.js", import.meta.url));

/** Minified and gzipped kilobytes of an entry of the repository's `.size-limit.json`. */
function kilobytes(entry: string): number {
  const { stdout, stderr } = spawnSync(process.execPath, [program, "--json"], { cwd: root, encoding: "utf8" });
  if (stdout === "") throw new Error(`size-limit: ${stderr}`);
  const sizes = JSON.parse(stdout) as { name: string; size: number }[];
  const found = sizes.find(({ name }) => name === entry);
  if (found === undefined) throw new Error(`.size-limit.json has no entry "${entry}"`);
  return found.size / 1000;
}

function measurement(name: string, atMost: number): Measurement {
  return { kind: "measurement", name, unit: "kB", measure: () => Promise.resolve(kilobytes(name)), bars: [{ figure: "kB", atMost }] };
}

export const sizeRow: Row = {
  name: "size",
  what: "size of the packages as a bundler leaves them, minified and gzipped",
  cases: () => [measurement("@opt/core, everything", 45), measurement("one optimizer on top of @opt/core", 3)],
};
