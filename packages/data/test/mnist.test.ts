import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { readIdxFile } from "@opt/data";
import { loadMnist } from "@opt/data/node";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { errorOf, idxBytes, mnistDirectory } from "./support.ts";

const names = ["train-images-idx3-ubyte", "train-labels-idx1-ubyte", "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"] as const;
let directory = "";

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "opt-data-"));
});

afterEach(() => {
  rmSync(directory, { recursive: true });
});

/** The error without the directory's changing name. */
async function loadError(): Promise<string> {
  return (await errorOf(() => loadMnist(directory))).replaceAll(directory, "DIR");
}

describe("loadMnist", () => {
  function writeSmall(): void {
    for (const name of names) {
      const bytes = name.includes("images") ? idxBytes(0x08, [2, 2, 2], [0, 1, 2, 3, 4, 5, 6, 255]) : idxBytes(0x08, [2], [3, 7]);
      writeFileSync(join(directory, name), bytes);
    }
  }

  it("reads plain and .gz side by side", async () => {
    writeSmall();
    rmSync(join(directory, names[0]));
    writeFileSync(join(directory, `${names[0]}.gz`), gzipSync(idxBytes(0x08, [2, 2, 2], [0, 1, 2, 3, 4, 5, 6, 255])));
    const { train, test } = await loadMnist(directory);
    expect(train).toEqual(test);
    expect([train.size, train.inputShape, Array.from(train.targets), train.inputs[7]]).toEqual([2, [4], [3, 7], 1]);
  });

  it("names every missing file, and a directory that is none", async () => {
    expect(await loadError()).toMatchInlineSnapshot(`"data: loadMnist("DIR"): missing train-images-idx3-ubyte, train-labels-idx1-ubyte, t10k-images-idx3-ubyte, t10k-labels-idx1-ubyte. The directory must hold train-images-idx3-ubyte, train-labels-idx1-ubyte, t10k-images-idx3-ubyte, t10k-labels-idx1-ubyte, each plain or with .gz; it has 0 files."`);
    writeSmall();
    rmSync(join(directory, names[3]));
    expect(await loadError()).toMatchInlineSnapshot(`"data: loadMnist("DIR"): missing t10k-labels-idx1-ubyte. The directory must hold train-images-idx3-ubyte, train-labels-idx1-ubyte, t10k-images-idx3-ubyte, t10k-labels-idx1-ubyte, each plain or with .gz; it has 3 files."`);
    expect(await errorOf(() => loadMnist("no/such/directory"))).toMatchInlineSnapshot(`"data: loadMnist("no/such/directory"): must be a directory that can be read; got ENOENT."`);
  });

  it("names the file that is wrong", async () => {
    writeSmall();
    writeFileSync(join(directory, names[1]), idxBytes(0x08, [3], [1, 2, 3]));
    expect(await loadError()).toMatchInlineSnapshot(`"data: DIR/train-labels-idx1-ubyte: must have one label for each of the 2 images of DIR/train-images-idx3-ubyte; got 3 labels."`);
    writeSmall();
    writeFileSync(join(directory, names[3]), idxBytes(0x08, [2], [1, 77]));
    expect(await loadError()).toMatchInlineSnapshot(`"data: DIR/t10k-labels-idx1-ubyte: labels must be in [0, 9]; got 77 for example 1, at byte 9."`);
    writeSmall();
    copyFileSync(join(directory, names[3]), join(directory, names[2]));
    expect(await loadError()).toMatchInlineSnapshot(`"data: DIR/t10k-images-idx3-ubyte: must have the axes [count, rows, columns] of unsigned bytes (magic number 0x00000803 at byte 0); got shape [2] of Uint8."`);
  });
});

describe.skipIf(mnistDirectory === undefined)("the real MNIST (skipped where ../shared/data/mnist is absent)", () => {
  const real = mnistDirectory ?? "";
  const read = (name: string): Buffer => readFileSync(join(real, `${name}.gz`));

  it("has 60 000 and 10 000 digits with the known first labels and mean", async () => {
    const { train, test } = await loadMnist(real);
    expect([train.size, test.size, train.inputShape]).toEqual([60_000, 10_000, [784]]);
    expect(Array.from(train.targets.subarray(0, 8))).toEqual([5, 0, 4, 1, 9, 2, 1, 3]);
    expect(Array.from(test.targets.subarray(0, 8))).toEqual([7, 2, 1, 0, 4, 1, 4, 9]);
    let sum = 0;
    for (const pixel of train.inputs) sum += pixel;
    expect(sum / train.inputs.length).toBeCloseTo(0.1307, 4);
  });

  it("comes through a browser's Blob as well", async () => {
    const { shape, data } = await readIdxFile(new Blob([new Uint8Array(read(names[3]))]));
    expect(shape).toEqual([10_000]);
    expect(Array.from(data.subarray(0, 4))).toEqual([7, 2, 1, 0]);
  });

  it("truncated, cut or swapped real files are found", async () => {
    for (const name of names) copyFileSync(join(real, `${name}.gz`), join(directory, `${name}.gz`));
    const labels = join(directory, `${names[3]}.gz`);

    writeFileSync(labels, read(names[3]).subarray(0, 2000));
    expect(await loadError()).toContain("damaged gzip: expected 2000 bytes that decompress");

    writeFileSync(labels, gzipSync(gunzipSync(read(names[3])).subarray(0, 5008)));
    expect(await loadError()).toMatchInlineSnapshot(`"data: DIR/t10k-labels-idx1-ubyte.gz: truncated: expected 10000 bytes of data (10000) at byte 8; got 5000."`);

    copyFileSync(join(real, `${names[1]}.gz`), labels);
    expect(await loadError()).toMatchInlineSnapshot(`"data: DIR/t10k-labels-idx1-ubyte.gz: must have one label for each of the 10000 images of DIR/t10k-images-idx3-ubyte.gz; got 60000 labels."`);

    const mislabelled = Buffer.from(gunzipSync(read(names[3])));
    mislabelled[8 + 1234] = 13;
    writeFileSync(labels, gzipSync(mislabelled));
    expect(await loadError()).toMatchInlineSnapshot(`"data: DIR/t10k-labels-idx1-ubyte.gz: labels must be in [0, 9]; got 13 for example 1234, at byte 1242."`);

    const wrongMagic = Buffer.from(gunzipSync(read(names[3])));
    wrongMagic[3] = 2;
    writeFileSync(labels, gzipSync(wrongMagic));
    expect(await loadError()).toMatchInlineSnapshot(`"data: DIR/t10k-labels-idx1-ubyte.gz: truncated: expected 1175718400000 bytes of data (10000 × 117571840) at byte 12; got 9996."`);
  });
});
