import { applyUpdates, compile, matmul, Tensor, tanh, tensor, treeFlatten, treePaths, valueAndGrad } from "@opt/core";
import type { BackendChoice, Optimizer, StateTree } from "@opt/core";
import { optimizers } from "../../../../first-order/test/table.ts";
import type { Group, Outcome } from "./checks.ts";
import { runGroups } from "./checks.ts";

type Params = { readonly weight: Tensor; readonly rest: readonly { readonly bias: Tensor }[] };

const steps = 10;
/** Rounding differs, and optimizers that divide by the size of a gradient carry that on. */
const tolerance = 1e-5;

const wave = (length: number, phase: number): Float32Array => Float32Array.from({ length }, (_, index) => Math.sin(phase + 1.3 * index));

function loss({ weight, rest }: Params): Tensor {
  const x = tensor(wave(12, 0), { shape: [4, 3] });
  const y = tensor(wave(8, 1), { shape: [4, 2] });
  return rest.reduce((sum, { bias }) => sum.add(bias), tanh(matmul(x, weight))).sub(y).pow(2).mean();
}

/** What a leaf holds after some step. */
interface Leaf {
  readonly path: string;
  readonly elements: ArrayLike<number>;
}

/** Parameters, state and loss after every step. */
async function trajectory(optimizer: Optimizer, backend: BackendChoice): Promise<Leaf[][]> {
  const step = compile((params: Params, state: StateTree) => {
    const [value, gradients] = valueAndGrad(loss)(params);
    const { updates, state: next } = optimizer.update(gradients, state, params);
    return [applyUpdates(params, updates), next, value] as const;
  }, { backend });
  let params: Params = { weight: tensor(wave(6, 2), { shape: [3, 2] }), rest: [{ bias: tensor(0.3) }] };
  let state = optimizer.init(params);
  const records: Leaf[][] = [];
  for (let count = 0; count < steps; count++) {
    const result = step(params, state);
    [params, state] = result;
    const paths = treePaths(result);
    const leaves = treeFlatten(result).leaves.map(async (leaf, index) => ({ path: paths[index] ?? "", elements: leaf instanceof Tensor ? await leaf.read() : [leaf] }));
    records.push(await Promise.all(leaves));
  }
  return records;
}

function firstDeparture(expected: readonly Leaf[], actual: readonly Leaf[]): string | undefined {
  for (const [index, { path, elements }] of expected.entries()) {
    const scale = Array.from(elements).reduce((largest, element) => Math.max(largest, Math.abs(element)), 0);
    const found = actual[index]?.elements ?? [];
    const at = Array.from(elements).findIndex((element, position) => !(Math.abs((found[position] ?? NaN) - element) <= tolerance * (Math.abs(element) + scale)));
    if (at >= 0) return `${path}, element ${String(at)}: ${String(found[at])} instead of ${String(elements[at])}`;
  }
  return undefined;
}

/** Every form of every first-order optimizer, step for step as on the CPU. */
const trajectories: Group = async (backend, check) => {
  for (const { name, make } of optimizers) {
    await check(name, async () => {
      const [expected, actual] = [await trajectory(make(), "cpu"), await trajectory(make(), backend)];
      const departures = expected.map((leaves, step) => firstDeparture(leaves, actual[step] ?? []));
      const step = departures.findIndex((departure) => departure !== undefined);
      return step < 0 ? undefined : `step ${String(step)}: ${String(departures[step])}`;
    });
  }
};

/** What depends on the tables of other packages. */
export default function optimizerPage(): Promise<Outcome[]> {
  return runGroups({ trajectories });
}
