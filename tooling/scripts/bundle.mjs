/**
 * Bundles the package that it is started in: each entry of its `exports` becomes one file in `dist`, what several entries share one more.
 *
 * Node needs several times as long to find and read a hundred small modules as to run a first training step, and engines compile functions of one
 * script faster than those of many. Names, lines and source maps stay readable; nothing is minified. `tsc` adds the declarations afterwards.
 *
 * Arguments are modules that stay files of their own: users of them alone then need none of the rest, whatever their bundler can prove.
 */
import { readFileSync, rmSync } from "node:fs";
import { basename } from "node:path";

import { build } from "esbuild";

const { exports } = JSON.parse(readFileSync("package.json", "utf8"));
const entries = [...Object.values(exports).flatMap((target) => target["@opt/source"] ?? []), ...process.argv.slice(2)];

// So that a deleted source leaves nothing behind.
rmSync("dist", { recursive: true, force: true });
await build({
  entryPoints: Object.fromEntries(entries.map((entry) => [basename(entry, ".ts"), entry])),
  outdir: "dist",
  bundle: true,
  // Entries share state, so they must share the modules that hold it.
  splitting: true,
  chunkNames: "shared-[hash]",
  format: "esm",
  target: "es2023",
  packages: "external",
  // Sources are published as well.
  sourcemap: true,
  sourcesContent: false,
  // What a constructor assigns need not be defined before: engines call a function of its own for that with each new object, until they optimize it.
  tsconfigRaw: { compilerOptions: { useDefineForClassFields: false } },
  logLevel: "warning",
});
