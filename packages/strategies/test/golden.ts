import { readFileSync } from "node:fs";

const folder = new URL("../../../tooling/golden/data/strategies/", import.meta.url);

/** What a reference computed: the contents of one golden file, whose form its generator in `tooling/golden` fixes. */
export function goldenFile<Contents>(name: string): Contents {
  return JSON.parse(readFileSync(new URL(`${name}.json`, folder), "utf8")) as Contents;
}
