import type { Initializer, Key, Tensor } from "@opt/core";
import { randomNormal, relu, splitKey } from "@opt/core";
import type { Tap } from "@opt/diagnostics";
import { layerReport } from "@opt/diagnostics";
import { gain, glorotUniform, heNormal, normal, orthogonal, uniformFan } from "@opt/init";
import type { MlpParams } from "@opt/nn";
import { mlp } from "@opt/nn";

export const LAYERS = 20;
export const WIDTH = 100;
const EXAMPLES = 64;

/** An initializer with the standard deviation of the weights that it draws. */
interface Entry {
  readonly name: string;
  readonly initializer: Initializer;
  readonly standardDeviation: number;
}

const root = Math.sqrt(WIDTH);
const entries: readonly Entry[] = [
  { name: "N(0, 0.01²)", initializer: normal({ standardDeviation: 0.01 }), standardDeviation: 0.01 },
  { name: "U(±1/√m)", initializer: uniformFan(), standardDeviation: 1 / Math.sqrt(3) / root },
  { name: "Glorot", initializer: glorotUniform(), standardDeviation: 1 / root },
  { name: "He", initializer: heNormal(), standardDeviation: Math.SQRT2 / root },
  { name: "orthogonal, gain √2", initializer: orthogonal({ gain: gain("relu") }), standardDeviation: Math.SQRT2 / root },
  { name: "N(0, 1)", initializer: normal({ standardDeviation: 1 }), standardDeviation: 1 },
];

/** What an initializer does to the signals of a deep network. */
export interface SignalRun {
  readonly name: string;
  /** The root mean square of the activations after each layer. */
  readonly activations: readonly number[];
  /** The root mean square of the gradients by them. */
  readonly gradients: readonly number[];
  /** By what a layer should multiply both: `√(m Var(w) / 2)`, since the rectifier lets half of the square through. */
  readonly factorInTheory: number;
}

/** Sends one batch forward and its gradient back through networks of rectifiers, one for each initializer. */
export function signalsThroughLayers(key: Key): SignalRun[] {
  const [inputKey, directionKey, paramsKey] = splitKey(key, 3);
  const inputs = randomNormal(inputKey, [EXAMPLES, WIDTH], { dtype: "f64" });
  // A linear loss, so that the gradient at the last layer knows nothing of the weights.
  const direction = randomNormal(directionKey, [EXAMPLES, WIDTH], { dtype: "f64" });
  const sizes = Array.from({ length: LAYERS + 1 }, () => WIDTH);
  const report = layerReport((params: MlpParams, batch: Tensor, tap: Tap) => {
    const activation = (x: Tensor): Tensor => tap("layer", relu(x));
    return mlp({ sizes, activation, outputActivation: activation }).apply(params, batch).mul(direction).mean();
  });
  const elements = Math.sqrt(EXAMPLES * WIDTH);
  return entries.map(({ name, initializer, standardDeviation }) => {
    const { layers } = report(mlp({ sizes, weightInitializer: initializer }).init(paramsKey, { dtype: "f64" }), inputs);
    return {
      name,
      activations: layers.map(({ activation }) => activation.norm / elements),
      gradients: layers.map(({ gradient }) => gradient.norm / elements),
      factorInTheory: standardDeviation * Math.sqrt(WIDTH / 2),
    };
  });
}
