import { expect, it } from "vitest";
import { pack, unpack } from "./message.ts";

it("messages keep every bit of the elements, and numbers that JSON does not know", () => {
  const floats = new Float32Array(Uint32Array.of(0x7fc00001, 0x80000000, 0x7f800000, 0xff800000, 1, 0x3f800000).buffer);
  const integers = Int32Array.of(-(2 ** 31), 2 ** 31 - 1, 2 ** 24 + 1, -1);
  const part = { text: "¼", list: [NaN, -0, 0, Infinity, -Infinity, 0.1, { inner: -1e-300 }], none: null, flag: false };
  const message = pack(part, [{ dtype: "f32", array: floats }, { dtype: "bool", array: Int32Array.of() }, { dtype: "i32", array: integers }]);
  const unpacked = unpack<typeof part>(message.buffer);
  expect(unpacked.part).toEqual(part);
  expect(Object.is(unpacked.part.list[1], -0)).toBe(true);
  expect(unpacked.storages.map(({ dtype, length }) => [dtype, length])).toEqual([["f32", 6], ["bool", 0], ["i32", 4]]);
  const [first, , last] = unpacked.storages;
  expect(new Uint32Array(first?.array?.buffer ?? new ArrayBuffer())).toEqual(new Uint32Array(floats.buffer));
  expect(last?.array).toEqual(integers);
});
