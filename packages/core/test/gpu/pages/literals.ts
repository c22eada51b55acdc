import { cast, compile, equal, full, grad, greater, key, lessEqual, max, maximum, min, randomNormal, randomUniform, splitKey, sum, tensor, where } from "@opt/core";
import type { Key, Tensor } from "@opt/core";
import { difference, evaluateReference } from "../../reference.ts";
import type { Group } from "./checks.ts";
import { firstDifference } from "./checks.ts";
import { ulpsOfGpu } from "./gpu-precision.ts";

/** Numbers that shading languages cannot write or compilers round, negative ones and whole ones that no float holds. */
const floats = [Infinity, -Infinity, NaN, -0, 3.4028234663852886e38, 1e-37, 0.1, -16777217].map(Math.fround);
const wholes = [0, -1, 65535, 65536, -65536, 2 ** 24 + 1, -(2 ** 24) - 1, 2 ** 31 - 1, -(2 ** 31)];

/** Literals, numbers that change from call to call, whole numbers beyond 2^24, and random draws: every bit as on the CPU. */
export const literals: Group = async (backend, check) => {
  await check("literals of f32 keep their value in a kernel", async () => {
    const run = compile((x: Tensor) => floats.map((value) => where(greater(x, 0), full([2], value), x)), { donate: [], backend });
    const read = await Promise.all(run(tensor([1, -2])).map((result) => result.read()));
    return read.map((elements, index) => firstDifference(elements, [floats[index] ?? 0, -2])).find((wrong) => wrong !== undefined);
  });

  await check("literals of i32 keep their value in a kernel", async () => {
    const run = compile((x: Tensor) => wholes.map((value) => where(greater(x, 0), full([2], value, { dtype: "i32" }), x)), { donate: [], backend });
    const read = await Promise.all(run(tensor([1, -2], { dtype: "i32" })).map((result) => result.read()));
    return read.map((elements, index) => firstDifference(elements, [wholes[index] ?? 0, -2])).find((wrong) => wrong !== undefined);
  });

  await check("numbers handed to a call keep their value", async () => {
    const floatRun = compile((x: Tensor, value: number) => where(greater(x, 0), x.mul(0).add(value), x), { donate: [], backend });
    for (const value of floats.filter((each) => each !== 0)) {
      const wrong = firstDifference(await floatRun(tensor([1, -2]), value).read(), [value, -2]);
      if (wrong !== undefined) return `${String(value)}: ${wrong}`;
    }
    const wholeRun = compile((x: Tensor, value: number) => x.add(value), { donate: [], backend });
    for (const value of wholes) {
      const wrong = firstDifference(await wholeRun(tensor([0, 1], { dtype: "i32" }), value).read(), [value, (value + 1) | 0]);
      if (wrong !== undefined) return `${String(value)}: ${wrong}`;
    }
    return undefined;
  });

  await check("each of a hundred calls without a pause sees its own number", async () => {
    const run = compile((x: Tensor, value: number) => x.mul(value), { donate: [], backend });
    const x = tensor([1, 2]);
    const read = await Promise.all(Array.from({ length: 100 }, (_, value) => run(x, value)).map((result) => result.read()));
    return read.map((elements, value) => firstDifference(elements, [value, 2 * value])).find((wrong) => wrong !== undefined);
  });

  await check("what compilers like to cancel keeps NaN and infinities", async () => {
    const run = compile(
      (x: Tensor) => {
        const y = x.add(0.5);
        return [cast(equal(y, y), "f32"), cast(lessEqual(y, y), "f32"), y.mul(full([4], 2).div(y)), y.mul(3).div(y), y.sub(y), grad((z: Tensor) => max(z.reshape([4, 1]), 1).sum())(y)] as const;
      },
      { donate: [], backend },
    );
    const read = await Promise.all(run(tensor([-0.5, NaN, Infinity, 1.5])).map((result) => result.read()));
    const expected = [[1, 0, 1, 1], [1, 0, 1, 1], [NaN, NaN, NaN, 2], [NaN, NaN, NaN, 3], [0, NaN, NaN, 0], [1, NaN, 1, 1]];
    return read.map((elements, index) => firstDifference(elements, expected[index] ?? [])).find((wrong) => wrong !== undefined);
  });

  await check("reductions of whole numbers wrap and stay exact, those of floats keep NaN and infinities", async () => {
    const run = compile(
      (x: Tensor, y: Tensor) => [sum(x), max(x), min(x), sum(x.mul(x)), max(y, 1), min(y, 1), max(y.mul(0).sub(Infinity)), maximum(y, -Infinity)] as const,
      { donate: [], backend },
    );
    const rows = [[1, NaN, 3], [-Infinity, -Infinity, -Infinity], [-1, -2, Infinity]];
    const results = run(tensor(wholes, { dtype: "i32" }), tensor(rows));
    const read = await Promise.all(results.map((result) => result.read()));
    const wrapping = (values: readonly number[]): number => values.reduce((total, value) => (total + value) | 0, 0);
    const expected: number[][] = [
      [wrapping(wholes)], [2 ** 31 - 1], [-(2 ** 31)], [wrapping(wholes.map((value) => Math.imul(value, value)))],
      [NaN, -Infinity, Infinity], [NaN, -Infinity, -2], [NaN], rows.flat(),
    ];
    return read.map((elements, index) => firstDifference(elements, expected[index] ?? [])).find((wrong) => wrong !== undefined);
  });

  await check("conversions truncate and saturate", async () => {
    const run = compile((x: Tensor) => [cast(x, "i32"), cast(cast(x, "bool"), "f32")] as const, { donate: [], backend });
    const values = [1.9, -1.9, NaN, Infinity, -1e20, 0, -0, 2147483520, 16777216];
    const [whole, truth] = run(tensor(values));
    return firstDifference(await whole.read(), [1, -1, 0, 2 ** 31 - 1, -(2 ** 31), 0, 0, 2147483520, 16777216]) ?? firstDifference(await truth.read(), [1, 1, 1, 1, 1, 0, 0, 1, 1]);
  });

  const keys: Readonly<Record<string, Key>> = {
    plain: key(5), zero: key(0), "beyond 2^31 in both halves": [2 ** 31 + 7, 2 ** 32 - 1], split: splitKey(key(9), 3)[2] ?? key(0), large: key(Number.MAX_SAFE_INTEGER),
  };
  for (const [name, own] of Object.entries(keys)) {
    await check(`random bits of a key, ${name}`, async () => {
      const draw = (from: Key): Tensor[] => [randomUniform(from, [1003]), randomUniform(from, [7, 5]).transpose()];
      const onCpu = draw(own).map((tensorRead) => tensorRead.readSync());
      const baked = await Promise.all(compile(() => draw(own), { backend })().map((result) => result.read()));
      const handed = await Promise.all(compile((from: Key) => draw(from), { backend })(own).map((result) => result.read()));
      return [...baked, ...handed].map((elements, index) => firstDifference(elements, onCpu[index % 2] ?? [])).find((wrong) => wrong !== undefined);
    });
  }

  await check("normal numbers", async () => {
    const draw = (from: Key): Tensor => randomNormal(from, [1000]);
    const [expected] = evaluateReference([draw(key(3))], ulpsOfGpu);
    const drawn = compile(draw, { backend })(key(3));
    return expected === undefined ? "no reference" : difference(expected, drawn, await drawn.read());
  });
};
