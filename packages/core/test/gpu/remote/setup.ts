import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { findBrowser } from "@opt/browser";
import { setBackend } from "@opt/core";
import { afterEach } from "vitest";
import { openedRemote, remoteBackend } from "./backend.ts";

const mode = process.env["GPU_SUITE"];
if (mode !== "webgpu" && mode !== "webgl2") throw new Error(`GPU_SUITE: must be webgpu or webgl2; got ${String(mode)}.`);
if (findBrowser() === undefined) throw new Error("GPU_SUITE: needs Chromium. Install it, or name it in CHROMIUM_PATH.");
setBackend(remoteBackend(mode));

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as (options: { readonly execution: "async" }) => Promise<void>;

/** A page with many more textures than this gets slower with each of them. */
const manyStorages = 2000;

afterEach(async () => {
  // Of what nobody refers to any more the program learns late, since its own part of it is small.
  if ((openedRemote()?.storageCount ?? 0) > manyStorages) await collectGarbage({ execution: "async" });
});
