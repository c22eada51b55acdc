import { compile, concatenate, iota, less, logicalAnd, matmul, max, slice, sum, tensor, where } from "@opt/core";
import type { Tensor } from "@opt/core";
import type { Group } from "./checks.ts";
import { firstDifference } from "./checks.ts";

/** Whole numbers from here on are not all floats: indices computed in floating point go wrong. */
const exactFloats = 2 ** 24;
const numbers = (length: number, value: (index: number) => number): Float32Array => Float32Array.from({ length }, (_, index) => value(index));

/** Many elements, many turns of a loop, many inputs: where compilers for GPUs stop silently. */
export const largeKernels: Group = async (backend, check) => {
  await check("elements beyond number 2^24 are found and written", async () => {
    const length = exactFloats + 4099;
    const data = numbers(length, (index) => index % 1021);
    const double = compile((x: Tensor) => x.mul(2), { backend });
    const ends = compile((x: Tensor) => [
      slice(x, 0, length - 7),
      slice(iota([length], 0), 0, exactFloats - 3, exactFloats + 5),
      slice(x.reshape([length / 5, 5]).transpose().reshape([length]), 0, length - 7),
    ], { donate: [], backend });
    const [end, counted, transposed] = await Promise.all(ends(double(tensor(data))).map((result) => result.read()));
    if (end === undefined || counted === undefined || transposed === undefined) return "a result is missing";
    const last = Array.from({ length: 7 }, (_, index) => length - 7 + index);
    return (
      firstDifference(end, last.map((index) => 2 * (index % 1021))) ??
      firstDifference(counted, [-3, -2, -1, 0, 1, 2, 3, 4].map((offset) => exactFloats + offset)) ??
      firstDifference(transposed, last.map((index) => 2 * (((index - (4 * length) / 5) * 5 + 4) % 1021)))
    );
  });

  await check("loops of more than 1000 turns end where they should", async () => {
    const rows = tensor(numbers(3 * 5000, (index) => index % 3), { shape: [3, 5000] });
    const run = compile((x: Tensor) => [sum(x, 1), max(x.mul(iota([5000], 0, { dtype: "f32" })), 1), matmul(x, x.transpose()), sum(sum(x, 1))], { donate: [], backend });
    const [sums, largest, products, total] = await Promise.all(run(rows).map((result) => result.read()));
    const row = [0, 1, 2].map((at) => Array.from({ length: 5000 }, (_, index) => (5000 * at + index) % 3));
    const rowSums = row.map((values) => values.reduce((left, right) => left + right));
    const dots = row.flatMap((a) => row.map((b) => a.reduce((left, value, index) => left + value * (b[index] ?? 0), 0)));
    const largestProducts = row.map((values) => Math.max(...values.map((value, index) => value * index)));
    return (
      firstDifference(sums ?? new Float32Array(), rowSums) ??
      firstDifference(largest ?? new Float32Array(), largestProducts) ??
      firstDifference(products ?? new Float32Array(), dots) ??
      firstDifference(total ?? new Float32Array(), [rowSums.reduce((left, right) => left + right)])
    );
  });

  const many = (count: number, length: number): Tensor[] => Array.from({ length: count }, (_, input) => tensor(numbers(length, (index) => (input + 1) * (1 + (index % 7)))));
  for (const count of [8, 9, 17, 33]) {
    await check(`${String(count)} inputs of one kernel`, async () => {
      const run = compile((inputs: readonly Tensor[]) => inputs.reduce((total, input, index) => total.add(input.mul(index % 2 === 0 ? 1 : -2))), { donate: [], backend });
      const factor = Array.from({ length: count }, (_, index) => (index === 0 || index % 2 === 0 ? index + 1 : -2 * (index + 1))).reduce((total, each) => total + each);
      return firstDifference(await run(many(count, 10)).read(), Array.from({ length: 10 }, (_, index) => factor * (1 + (index % 7))));
    });
  }

  await check("40 inputs that are met only after a reduction", async () => {
    const run = compile((rows: Tensor, inputs: readonly Tensor[]) => inputs.reduce((total, input) => total.add(input), sum(rows, 1)), { donate: [], backend });
    const rows = tensor(numbers(10 * 20, () => 1), { shape: [10, 20] });
    return firstDifference(await run(rows, many(40, 10)).read(), Array.from({ length: 10 }, (_, index) => 20 + 820 * (1 + (index % 7))));
  });

  await check("40 inputs inside of a reduction", async () => {
    const run = compile((inputs: readonly Tensor[]) => sum(inputs.reduce((total, input) => total.add(input))), { donate: [], backend });
    return firstDifference(await run(many(40, 14)).read(), [820 * 56]);
  });

  await check("40 inputs that only predicates are made of", async () => {
    const run = compile((inputs: readonly Tensor[]) => where(inputs.map((input) => less(input, 200)).reduce(logicalAnd), tensor(1), 0), { donate: [], backend });
    return firstDifference(await run(many(40, 14)).read(), Array.from({ length: 14 }, (_, index) => (40 * (1 + (index % 7)) < 200 ? 1 : 0)));
  });

  await check("a concatenation of 34 pieces of different lengths", async () => {
    const widthOf = (piece: number): number => 1 + (piece % 3);
    const pieces = Array.from({ length: 34 }, (_, piece) => tensor(numbers(2 * widthOf(piece), (index) => 100 * piece + index), { shape: [2, widthOf(piece)] }));
    const row = (at: number): number[] => pieces.flatMap((_, piece) => Array.from({ length: widthOf(piece) }, (_unused, index) => 100 * piece + at * widthOf(piece) + index));
    const joined = compile((list: readonly Tensor[]) => concatenate(list, 1), { donate: [], backend })(pieces);
    return firstDifference(await joined.read(), [...row(0), ...row(1)]);
  });

  await check("one function called with one size after another", async () => {
    const run = compile((x: Tensor) => x.reshape([-1, 2]).transpose().reshape([-1]).add(1), { donate: [], backend });
    for (const length of [4, 1000, 6, 4]) {
      const half = length / 2;
      const wrong = firstDifference(await run(tensor(numbers(length, (index) => index))).read(), numbers(length, (index) => (index < half ? 2 * index : 2 * (index - half) + 1) + 1));
      if (wrong !== undefined) return `length ${String(length)}: ${wrong}`;
    }
    return undefined;
  });
};
