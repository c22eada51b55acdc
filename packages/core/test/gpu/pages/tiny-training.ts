import { compile, foldIn, key, matmul, randomUniform, tanh, tensor, treeMap, valueAndGrad } from "@opt/core";
import type { BackendChoice, Key, Tensor } from "@opt/core";

type Params = { readonly first: Tensor; readonly second: Tensor };
type State = { readonly params: Params; readonly velocity: Params };

const wave = (length: number, phase: number): Float32Array => Float32Array.from({ length }, (_, index) => Math.sin(phase + 1.3 * index));

/** A small network that learns with momentum from noisy inputs: state, numbers and keys that change, and a result to read. */
export interface TinyTraining {
  /** One step; the loss is not computed before it is read. */
  step(): Tensor;
  /** The state as it is now. */
  readonly state: State;
}

export function tinyTraining(backend: BackendChoice): TinyTraining {
  const x = tensor(wave(32, 0), { shape: [8, 4] });
  const y = tensor(wave(16, 1), { shape: [8, 2] });
  const loss = ({ first, second }: Params, noise: Tensor): Tensor => matmul(tanh(matmul(x.add(noise), first)), second).sub(y).pow(2).mean();
  const update = compile((state: State, rate: number, noiseKey: Key) => {
    const noise = randomUniform(noiseKey, [8, 4], { minimum: -0.1, maximum: 0.1 });
    const [value, gradients] = valueAndGrad(loss)(state.params, noise);
    const velocity = treeMap((v: Tensor, g: Tensor) => v.mul(0.9).sub(g.mul(rate)), state.velocity, gradients);
    return [{ params: treeMap((p: Tensor, v: Tensor) => p.add(v), state.params, velocity), velocity }, value] as const;
  }, { backend });
  let state: State = {
    params: { first: tensor(wave(24, 2), { shape: [4, 6] }), second: tensor(wave(12, 3), { shape: [6, 2] }) },
    velocity: { first: tensor(new Float32Array(24), { shape: [4, 6] }), second: tensor(new Float32Array(12), { shape: [6, 2] }) },
  };
  let count = 0;
  return {
    step: () => {
      const [next, value] = update(state, 0.1 / (1 + 0.01 * count), foldIn(key(7), count));
      count++;
      state = next;
      return value;
    },
    get state() {
      return state;
    },
  };
}

/** The losses of the first steps. */
export async function tinyLosses(backend: BackendChoice, steps: number): Promise<number[]> {
  const training = tinyTraining(backend);
  const losses: number[] = [];
  for (let count = 0; count < steps; count++) losses.push((await training.step().read())[0] ?? NaN);
  return losses;
}
