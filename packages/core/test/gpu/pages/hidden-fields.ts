import { compile, explain, matmul, tanh, tensor, valueAndGrad } from "@opt/core";
import type { BackendChoice, Tensor } from "@opt/core";
import { gpu } from "../../../src/gpu.ts";
import type { GpuMode } from "../../../src/gpu.ts";

/** What training came to with a gpu.js that hides how it compiles. */
export interface HiddenOutcome {
  readonly mode: GpuMode;
  readonly losses: readonly number[];
  readonly expected: readonly number[];
  readonly explanation: string;
}

type Params = { readonly weight: Tensor; readonly bias: Tensor };

const numbers = (count: number, seed: number): Float32Array => Float32Array.from({ length: count }, (_, index) => Math.sin(seed * (index + 1)));

async function train(backend: BackendChoice): Promise<{ losses: number[]; explanation: string }> {
  const x = tensor(numbers(24, 3), { shape: [6, 4] });
  const loss = ({ weight, bias }: Params): Tensor => tanh(matmul(x, weight).add(bias)).sub(0.5).pow(2).mean();
  const step = compile(
    (params: Params, rate: number) => {
      const [value, gradients] = valueAndGrad(loss)(params);
      return [{ weight: params.weight.sub(gradients.weight.mul(rate)), bias: params.bias.sub(gradients.bias.mul(rate)) }, value] as const;
    },
    { backend },
  );
  let params: Params = { weight: tensor(numbers(20, 5), { shape: [4, 5] }), bias: tensor(numbers(5, 7)) };
  const losses: number[] = [];
  for (let round = 0; round < 8; round++) {
    const [next, value] = step(params, 1 / (round + 1));
    params = next;
    losses.push(...(await value.read()));
  }
  return { losses, explanation: explain(step) };
}

/** Trains with kernels of gpu.js that can only be called, as those of another version may be. */
export default async function hiddenFields(): Promise<HiddenOutcome[]> {
  const module = (await import("gpu.js")) as unknown as { readonly GPU?: unknown; readonly default?: { readonly GPU?: unknown } };
  const { prototype } = (module.GPU ?? module.default?.GPU) as { readonly prototype: { createKernel: (this: object, ...parameters: unknown[]) => (...parameters: unknown[]) => unknown } };
  const create = prototype.createKernel;
  prototype.createKernel = function (...parameters: unknown[]) {
    const kernel = create.apply(this, parameters);
    return Object.assign((...values: unknown[]) => kernel(...values), { destroy: () => undefined });
  };
  const { losses: expected } = await train("cpu");
  const outcomes: HiddenOutcome[] = [];
  for (const mode of ["webgpu", "webgl2"] as const) outcomes.push({ mode, expected, ...(await train(await gpu({ mode }))) });
  return outcomes;
}
