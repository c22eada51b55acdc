import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";
import { findBrowser, runInPage } from "@opt/browser";
import { describe, expect, it } from "vitest";
import type { BackendName } from "../../src/page/browser/protocol.ts";
import type { FirstLossesSettings } from "./entries/first-losses.ts";

/** Epochs of ten steps: the first hundred losses are compared. */
const epochs = 10;
const steps = 10 * epochs;
const mnist = fileURLToPath(new URL("../../../../../shared/data/mnist", import.meta.url));

const chromium = findBrowser();
if (chromium === undefined) console.log("note: no Chromium on this machine, so the demo's losses are not compared between backends");
else if (!existsSync(mnist)) console.log("note: there is no ../shared/data/mnist, so the backends are compared on generated digits");

/** The first examples of a file of MNIST, as a file of its own. */
function firstExamples(name: string, count: number): Uint8Array {
  const bytes = gunzipSync(readFileSync(`${mnist}/${name}.gz`));
  const isImages = name.includes("images");
  bytes.writeUInt32BE(count, 4);
  return bytes.subarray(0, isImages ? 16 + count * 28 ** 2 : 8 + count);
}

/** What the page trains on: four files, or none where MNIST is not there. */
function digitFiles(): Record<string, Uint8Array> {
  const counts = { "train-images-idx3-ubyte": 1280, "train-labels-idx1-ubyte": 1280, "t10k-images-idx3-ubyte": 100, "t10k-labels-idx1-ubyte": 100 };
  const files = existsSync(mnist) ? Object.entries(counts).map(([name, count]) => [name, firstExamples(name, count)] as const) : [];
  return Object.fromEntries(files);
}

describe.skipIf(chromium === undefined)("the demo's run", () => {
  it("has the same first losses on the CPU, on WebGPU and on WebGL2", async () => {
    const entry = fileURLToPath(new URL("entries/first-losses.ts", import.meta.url));
    const digits = digitFiles();
    const lossesOn = (backend: BackendName): Promise<number[]> => {
      const settings: FirstLossesSettings = { backend, epochs, names: Object.keys(digits) };
      return runInPage(entry, { files: { ...digits, "settings.json": new TextEncoder().encode(JSON.stringify(settings)) }, timeout: 240_000 });
    };
    const [cpu = [], ...others] = await Promise.all((["cpu", "webgpu", "webgl2"] as const).map(lossesOn));
    expect([cpu, ...others].map((losses) => losses.length)).toEqual([steps, steps, steps]);
    expect(cpu.at(-1)).toBeLessThan(cpu[0] ?? 0);
    for (const losses of others) losses.forEach((loss, step) => expect(Math.abs(loss - (cpu[step] ?? NaN)), `step ${step}`).toBeLessThan(1e-3));
  }, 300_000);
});
