import { add, cast, compile, evaluate, explain, exp, matmul, setBackend, sum, tensor } from "@opt/core";
import type { Tensor } from "@opt/core";
import type { GpuBackend } from "../../../src/gpu.ts";
import { gpu, toGpu } from "../../../src/gpu.ts";
import { toHost } from "@opt/core";
import type { Group } from "./checks.ts";
import { firstDifference, rejection } from "./checks.ts";

const other = (backend: GpuBackend): Promise<GpuBackend> => gpu({ mode: backend.name === "webgpu" ? "webgl2" : "webgpu" });

/** Where tensors are, how they get elsewhere, and what a GPU says that it cannot do. */
export const transfer: Group = async (backend, check) => {
  const twice = compile((x: Tensor) => x.mul(2), { backend });

  await check("reading at once is an error that says how to read", async () => {
    const result = twice(tensor([1, 2]));
    return (
      (await rejection("backend", "await", () => result.readSync())) ??
      (await rejection("backend", "await", () => result.sum().item())) ??
      firstDifference(await result.read(), [2, 4])
    );
  });

  await check("tensors go to the GPU and back when told to, and nothing else is uploaded", async () => {
    const there = await toGpu({ x: tensor([1, 2]), count: 3 }, backend);
    const step = compile((state: { x: Tensor; count: number }, by: Tensor) => state.x.mul(state.count).add(by), { donate: [], backend });
    const result = step(there, tensor([10, 20]));
    const uploads = explain(step);
    const back = await toHost({ result, count: 3 });
    if (!/uploaded 8 bytes: arguments\[1\]/u.test(uploads)) return `explain: ${uploads}`;
    step(there, await toGpu(tensor([10, 20]), backend));
    if (!explain(step).includes("the last call uploaded nothing")) return `explain: ${explain(step)}`;
    return back.count === 3 ? firstDifference(back.result.readSync(), [13, 26]) : "the number is lost";
  });

  await check("the CPU does not compute with a GPU's tensors unasked, nor one GPU with another's", async () => {
    const result = twice(tensor([1, 2]));
    const elsewhere = await other(backend);
    const there = await toGpu(tensor([1, 2]), elsewhere);
    return (
      (await rejection("backend", "toHost", () => compile((x: Tensor) => x.add(1), { backend: "cpu" })(result))) ??
      (await rejection("backend", "toHost", () => compile((x: Tensor) => x.add(1), { backend: elsewhere })(result))) ??
      (await rejection("backend", "toHost", () => toGpu(result, elsewhere))) ??
      (await rejection("backend", "toHost", () => twice(there)))
    );
  });

  await check("f64 is refused when a function is compiled, by the name of the operation", async () => {
    const x = tensor([1, 2], { dtype: "f64" });
    return (
      (await rejection("backend", "f64", () => twice(x))) ??
      (await rejection("backend", "the primitive", () => compile((y: Tensor) => cast(exp(cast(y, "f64")), "f32"), { backend })(tensor([1])))) ??
      (await rejection("backend", "the primitive", () => compile((y: Tensor) => cast(sum(cast(y, "f64")), "f32"), { backend })(tensor([1])))) ??
      (await rejection("backend", "the primitive", () => compile((y: Tensor) => cast(matmul(cast(y, "f64"), cast(y, "f64")), "f32"), { backend })(tensor([[1]])))) ??
      rejection("backend", "f64", () => toGpu(x, backend))
    );
  });

  await check("lazy tensors are computed on the backend that is set, or where their elements are", async () => {
    setBackend(backend);
    try {
      const lazy = add(tensor([1, 2]), 1);
      evaluate(lazy);
      setBackend("cpu");
      return (await rejection("backend", "await", () => lazy.readSync())) ?? firstDifference(await lazy.mul(lazy).read(), [4, 9]);
    } finally {
      setBackend("cpu");
    }
  });

  await check("a tensor without elements and one of rank 0 work", async () => {
    const run = compile((x: Tensor, y: Tensor) => [x.add(1), sum(x), y.add(1), matmul(x, x.transpose())] as const, { donate: [], backend });
    const results = run(tensor([[], []]), tensor(2));
    const read = await Promise.all(results.map((result) => result.read()));
    return [[], [0], [3], [0, 0, 0, 0]].map((expected, index) => firstDifference(read[index] ?? new Float32Array(9), expected)).find((wrong) => wrong !== undefined);
  });
};
