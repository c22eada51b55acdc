/** Packs every package into the folder named by the first argument. */
import { existsSync } from "node:fs";
import { join } from "node:path";

import { packedPackages } from "./tarballs.ts";

for (const { name, tarball, folder } of packedPackages(process.argv[2])) {
  if (!existsSync(join(folder, "dist", "index.js"))) throw new Error(`${name} is not built: run \`npm run build\` first.`);
  if (!existsSync(tarball)) throw new Error(`${name}: packing wrote no ${tarball}.`);
}
