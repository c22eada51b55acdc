import { clone, compile, fromArray, matmul, tensor, zeros } from "@opt/core";
import type { Tensor } from "@opt/core";
import type { Group } from "./checks.ts";
import { firstDifference, rejection } from "./checks.ts";

interface State {
  readonly w: Tensor;
}

/** What may be updated in place and what must stay: the same rules as on the CPU, though state changes between two buffers here. */
export const donation: Group = async (backend, check) => {
  const times = compile((state: { w: Tensor }, factor: number) => ({ w: state.w.mul(factor) }), { backend });
  const same = async (actual: Tensor, expected: readonly number[]): Promise<string | undefined> => firstDifference(await actual.read(), expected);

  await check("a donated tensor cannot be read, and its successor can", async () => {
    const before = { w: tensor([1, 2]) };
    const after = times(before, 10);
    return (await rejection("donated", "was donated to a compiled function", () => before.w.read())) ?? same(after.w, [10, 20]);
  });

  await check("state goes on over many calls, read or not", async () => {
    let state: State = { w: tensor([1, -3]) };
    for (let count = 0; count < 21; count++) {
      state = times(state, -1);
      if (count % 4 === 0 && (await same(state.w, count % 2 === 0 ? [-1, 3] : [1, -3])) !== undefined) return `wrong after ${String(count + 1)} calls`;
    }
    return same(state.w, [-1, 3]);
  });

  await check("a captured tensor, a clone and a wrapped array keep their elements", async () => {
    const captured = tensor([1, 2]);
    const addCaptured = compile((x: Tensor) => x.add(captured), { backend });
    const array = Float32Array.of(1, 2);
    const first = await same(addCaptured(tensor([10, 10])), [11, 12]);
    const kept = clone({ w: captured });
    times({ w: captured }, 100);
    times(times({ w: fromArray(array, [2]) }, 100), 5);
    return first ?? (await same(addCaptured(tensor([10, 10])), [11, 12])) ?? (await same(kept.w, [1, 2])) ?? firstDifference(array, [1, 2]);
  });

  await check("a clone of state on the GPU keeps its elements", async () => {
    const state = times({ w: tensor([1, 2]) }, 3);
    const kept = clone(state);
    const later = times(times(state, 2), 2);
    return (await same(kept.w, [3, 6])) ?? (await same(later.w, [12, 24])) ?? same(times(kept, 10).w, [30, 60]);
  });

  await check("one tensor in two places becomes two", async () => {
    const step = compile((state: { a: Tensor; b: Tensor }) => ({ a: state.a.add(1), b: state.b.mul(10) }), { backend });
    const shared = tensor([1, 2]);
    const next = step({ a: shared, b: shared });
    const doubled = compile((x: Tensor) => { const y = x.mul(3); return { a: y, b: y }; }, { backend })(tensor([1, 2]));
    const after = step(doubled);
    return (await same(next.a, [2, 3])) ?? (await same(next.b, [10, 20])) ?? (await same(after.a, [4, 7])) ?? same(after.b, [30, 60]);
  });

  await check("state is swapped, rotated, passed through and seen as another shape", async () => {
    const swap = compile((state: { a: Tensor; b: Tensor; c: Tensor; d: Tensor }) => ({ a: state.b, b: state.a, c: state.c, d: state.c.reshape([3]) }), { backend });
    let state = { a: tensor([1]), b: tensor([2]), c: tensor([3, 4, 5]), d: zeros([3]) };
    for (let call = 0; call < 3; call++) state = swap(state);
    const rotate = compile((list: readonly Tensor[]) => [1, 2, 0].map((index) => (list[index] ?? tensor(0)).add(1)), { backend });
    const [x, y, z] = rotate(rotate([tensor([0, 0]), tensor([10, 10]), tensor([20, 20])]));
    if (x === undefined || y === undefined || z === undefined) return "a result is missing";
    return (
      (await same(state.a, [2])) ?? (await same(state.b, [1])) ?? (await same(state.c, [3, 4, 5])) ?? (await same(state.d, [3, 4, 5])) ??
      (await same(x, [22, 22])) ?? (await same(y, [2, 2])) ?? same(z, [12, 12])
    );
  });

  await check("a matrix is updated from its own transpose, and read by other kernels before", async () => {
    const step = compile((state: State, x: Tensor) => ({ state: { w: state.w.sub(state.w.transpose().mul(0.5)) }, product: matmul(x, state.w), total: state.w.sum() }), { backend });
    const result = step({ w: tensor([[1, 2], [3, 4]]) }, tensor([[1, 10]]));
    return (await same(result.state.w, [0.5, 0.5, 2, 2])) ?? (await same(result.product, [31, 42])) ?? same(result.total, [10]);
  });

  await check("results that are views, repeated or arguments stay what they were", async () => {
    const run = compile((x: Tensor) => { const y = x.mul(2); return [y, y.reshape([4]), x, y] as const; }, { donate: [], backend });
    const x = tensor([[1, 2], [3, 4]]);
    const [y, flat, back, again] = run(x);
    times({ w: back }, 100);
    times({ w: y }, 100);
    return (await same(flat, [2, 4, 6, 8])) ?? (await same(again, [2, 4, 6, 8])) ?? same(x, [1, 2, 3, 4]);
  });

  await check("a disposed tensor is gone, others that share its elements are not", async () => {
    const x = compile((y: Tensor) => y.add(1), { backend })(tensor([1, 2]));
    const kept = clone(x);
    x.dispose();
    return (await rejection("disposed", "was disposed", () => x.read())) ?? same(kept, [2, 3]);
  });
};
