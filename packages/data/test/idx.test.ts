import { gzipSync } from "node:zlib";
import { mnistDataset, readIdx, readIdxFile } from "@opt/data";
import { describe, expect, it } from "vitest";

import { errorOf, idxBytes } from "./support.ts";

describe("readIdx", () => {
  it("reads every element type, big-endian, into an array of its own", () => {
    expect(readIdx(idxBytes(0x08, [3], [1, 128, 255]))).toEqual({ shape: [3], data: Uint8Array.of(1, 128, 255) });
    expect(readIdx(idxBytes(0x09, [3], [1, 128, 255])).data).toEqual(Int8Array.of(1, -128, -1));
    expect(readIdx(idxBytes(0x0b, [2], [1, 2, 255, 254])).data).toEqual(Int16Array.of(258, -2));
    expect(readIdx(idxBytes(0x0c, [2], [0, 1, 0, 0, 255, 255, 255, 253])).data).toEqual(Int32Array.of(65536, -3));
    expect(readIdx(idxBytes(0x0d, [1], [0x3f, 0xc0, 0, 0])).data).toEqual(Float32Array.of(1.5));
    expect(readIdx(idxBytes(0x0e, [1], [0xc0, 0x04, 0, 0, 0, 0, 0, 0])).data).toEqual(Float64Array.of(-2.5));
    const bytes = idxBytes(0x08, [1], [7]);
    const { data } = readIdx(bytes);
    bytes.fill(0);
    expect(data).toEqual(Uint8Array.of(7));
  });

  it("reads any rank, empty axes and bytes in the middle of a buffer", () => {
    expect(readIdx(idxBytes(0x08, [], [9]))).toEqual({ shape: [], data: Uint8Array.of(9) });
    expect(readIdx(idxBytes(0x08, [2, 1, 3], [1, 2, 3, 4, 5, 6])).shape).toEqual([2, 1, 3]);
    expect(readIdx(idxBytes(0x08, [0, 28], [])).data.length).toBe(0);
    const padded = new Uint8Array([99, ...idxBytes(0x0b, [1], [1, 0]), 99]);
    expect(readIdx(padded.subarray(1, -1)).data).toEqual(Int16Array.of(256));
  });

  it("says what was expected at which byte", async () => {
    expect(await errorOf(() => readIdx(Uint8Array.of(0, 0, 8)))).toMatchInlineSnapshot(`"data: readIdx: truncated: expected 4 bytes of magic number at byte 0; got 3."`);
    expect(await errorOf(() => readIdx(new TextEncoder().encode("<!doctype html>")))).toMatchInlineSnapshot(`"data: readIdx: wrong magic number: expected 0x0000, an element type (0x08, 0x09, 0x0b, 0x0c, 0x0d, 0x0e) and the number of axes at byte 0; got 0x3c21646f. Is it an IDX file?"`);
    expect(await errorOf(() => readIdx(Uint8Array.of(0, 0, 10, 1, 0, 0, 0, 0)))).toMatchInlineSnapshot(`"data: readIdx: wrong magic number: expected 0x0000, an element type (0x08, 0x09, 0x0b, 0x0c, 0x0d, 0x0e) and the number of axes at byte 0; got 0x00000a01. Is it an IDX file?"`);
    expect(await errorOf(() => readIdx(idxBytes(0x08, [2, 2], []).subarray(0, 10)))).toMatchInlineSnapshot(`"data: readIdx: truncated: expected 8 bytes of axis lengths at byte 4; got 6."`);
    expect(await errorOf(() => readIdx(idxBytes(0x0c, [2, 2], [1, 2, 3])))).toMatchInlineSnapshot(`"data: readIdx: truncated: expected 16 bytes of data (2 × 2 × 4 bytes) at byte 12; got 3."`);
    expect(await errorOf(() => readIdx(idxBytes(0x08, [2], [1, 2, 3])))).toMatchInlineSnapshot(`"data: readIdx: wrong size: expected the file to end at byte 10, after 2; got 11 bytes."`);
    expect(await errorOf(() => readIdx(gzipSync(idxBytes(0x08, [1], [1]))))).toMatchInlineSnapshot(`"data: readIdx: must be plain IDX; got gzip (it starts with 0x1f8b). Use readIdxFile instead."`);
  });
});

describe("readIdxFile", () => {
  const plain = idxBytes(0x08, [2, 2], [1, 2, 3, 4]);
  const expected = { shape: [2, 2], data: Uint8Array.of(1, 2, 3, 4) };

  it("reads plain and gzip from bytes, a Blob and a File", async () => {
    const packed = new Uint8Array(gzipSync(plain));
    for (const source of [plain, packed, new Blob([plain]), new Blob([packed]), new File([packed], "labels.gz")]) {
      expect(await readIdxFile(source)).toEqual(expected);
    }
  });

  it("names the file in errors", async () => {
    const packed = new Uint8Array(gzipSync(plain));
    expect(await errorOf(() => readIdxFile(new File([plain.subarray(0, 14)], "labels")))).toMatchInlineSnapshot(`"data: labels: truncated: expected 4 bytes of data (2 × 2) at byte 12; got 2."`);
    expect(await errorOf(() => readIdxFile(new Blob([plain.subarray(0, 3)]), "my labels"))).toMatchInlineSnapshot(`"data: my labels: truncated: expected 4 bytes of magic number at byte 0; got 3."`);
    expect(await errorOf(() => readIdxFile(packed.subarray(0, packed.length - 6), "labels.gz"))).toContain("data: labels.gz: damaged gzip: expected");
    expect(await errorOf(() => readIdxFile("labels.gz" as never))).toMatchInlineSnapshot(`"option: readIdxFile(source): must be a Uint8Array or a Blob; got "labels.gz"."`);
  });
});

describe("mnistDataset", () => {
  const images = readIdx(idxBytes(0x08, [2, 1, 2], [0, 255, 51, 102]));

  it("scales pixels to [0, 1] and widens labels", () => {
    const data = mnistDataset(images, readIdx(idxBytes(0x08, [2], [9, 0])));
    expect(data).toEqual({ size: 2, inputs: Float32Array.of(0, 1, 0.2, 0.4), inputShape: [2], targets: Int32Array.of(9, 0), targetShape: [] });
  });

  it("refuses files that do not belong together", async () => {
    const labels = readIdx(idxBytes(0x08, [2], [9, 0]));
    expect(await errorOf(() => mnistDataset(labels, images))).toMatchInlineSnapshot(`"data: images: must have the axes [count, rows, columns] of unsigned bytes (magic number 0x00000803 at byte 0); got shape [2] of Uint8."`);
    expect(await errorOf(() => mnistDataset(images, readIdx(idxBytes(0x08, [3], [1, 2, 3]))))).toMatchInlineSnapshot(`"data: labels: must have one label for each of the 2 images of images; got 3 labels."`);
    expect(await errorOf(() => mnistDataset(images, readIdx(idxBytes(0x08, [2], [1, 10])), { labels: "train-labels" }))).toMatchInlineSnapshot(`"data: train-labels: labels must be in [0, 9]; got 10 for example 1, at byte 9."`);
    expect(await errorOf(() => mnistDataset(images, readIdx(idxBytes(0x09, [2], [1, 1]))))).toMatchInlineSnapshot(`"data: labels: must have the axes [count] of unsigned bytes (magic number 0x00000801 at byte 0); got shape [2] of Int8."`);
  });
});
