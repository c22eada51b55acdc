import { cast, compile, less, matmul, tensor } from "@opt/core";
import type { Tensor } from "@opt/core";
import type { Group } from "./checks.ts";
import { firstDifference } from "./checks.ts";

/** What kernels of products make of them at once. */
export const products: Group = async (backend, check) => {
  // With and without whole quads in every row, each way of reading has code of its own.
  for (const [rows, depth, columns] of [[8, 4, 12], [11, 3, 7]] as const) {
    const a = Array.from({ length: rows * depth }, (_, index) => (index % 5) - 2);
    const b = Array.from({ length: depth * columns }, (_, index) => (index % 7) - 3);
    const expected = Array.from({ length: rows * columns }, (_, index) => {
      const [row, column] = [Math.floor(index / columns), index % columns];
      return Array.from({ length: depth }, (_unused, k) => (a[row * depth + k] ?? NaN) * (b[k * columns + column] ?? NaN)).reduce((total, term) => total + term, 0);
    });
    const compute = (finish: (product: Tensor) => Tensor): Tensor =>
      compile((x: Tensor, y: Tensor) => finish(matmul(x, y)), { backend })(tensor(a, { shape: [rows, depth] }), tensor(b, { shape: [depth, columns] }));
    const shape = `[${String(rows)}, ${String(depth)}] · [${String(depth)}, ${String(columns)}]`;
    await check(`floats of ${shape}`, async () => firstDifference(await compute((product) => product.mul(2)).read(), expected.map((value) => 2 * value)));
    await check(`integers of ${shape}`, async () => firstDifference(await compute((product) => cast(product, "i32").mul(100_000)).read(), expected.map((value) => 100_000 * value)));
    await check(`predicates of ${shape}`, async () => firstDifference(await compute((product) => less(product, 1)).read(), expected.map((value) => (value < 1 ? 1 : 0))));
  }
};
