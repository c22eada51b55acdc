import type { Optimizer, TensorTree } from "@opt/core";
import { checkNumber, checkOptions, fail, treeMap } from "@opt/core";
import { chain } from "../chain.ts";
import { checkChoice } from "../check-choice.ts";
import { named } from "../named.ts";
import type { Rate } from "../rate.ts";
import type { StepState } from "../states.ts";
import { scaleByLearningRate } from "../transforms/scale-by-learning-rate.ts";
import type { TraceState } from "../transforms/trace.ts";
import { trace } from "../transforms/trace.ts";
import type { WeightDecayOptions } from "./weight-decay.ts";
import { weightDecayLinks, weightDecayNames } from "./weight-decay.ts";

/** Options of {@link nesterov}. */
export interface NesterovOptions extends WeightDecayOptions {
  /** The learning rate ε ≥ 0, or a schedule of it. */
  readonly learningRate: Rate;
  /** The decay α of the velocity, in [0, 1). Default 0.9. */
  readonly momentum?: number;
  /**
   * `"look-ahead"`: the book's interim point, with the learning rate inside the velocity; `"gradient-correction"`:
   * PyTorch's and optax's buffer, multiplied by the rate. Default `"look-ahead"`.
   */
  readonly form?: "look-ahead" | "gradient-correction";
}

/** The state of {@link nesterov}: the links of its chain, with the velocity at index 2, or 1 in the other form. */
export type NesterovState = readonly [StepState, StepState | TraceState, StepState | TraceState, StepState];

/**
 * Gradient descent with Nesterov momentum: `θ̃ = θ + α v`, `v ← α v − ε_t g(θ̃)`, `θ ← θ + v`.
 *
 * The gradient belongs to the interim point θ̃, so θ̃ is what is kept as the parameters: they change by
 * `(1 + α) v' − α v`, where v' is the new velocity. {@link withoutLookAhead} gives θ back. The form
 * `"gradient-correction"` is `b ← α b + g`, `θ ← θ − ε_t (g + α b)`; the two agree while rate and momentum are constant.
 *
 * @param options - Learning rate, α, the form and weight decay.
 * @returns The optimizer; its state holds one tensor for each parameter.
 * @throws OptError `option` for a value out of range or an unknown name.
 *
 * @example
 * ```ts
 * import { nesterov } from "@opt/first-order";
 *
 * const optimizer = nesterov({ learningRate: 0.01, momentum: 0.9 });
 * ```
 * @see Nesterov, "A method of solving a convex programming problem with convergence rate O(1/k²)", 1983.
 * @see Sutskever, Martens, Dahl and Hinton, "On the importance of initialization and momentum in deep learning", 2013.
 * @see Goodfellow, Bengio and Courville, "Deep learning", 2016, Algorithm 8.3.
 */
export function nesterov(options: NesterovOptions): Optimizer<NesterovState> {
  checkOptions("nesterov", options, ["learningRate", "momentum", "form", ...weightDecayNames]);
  const { learningRate, form = "look-ahead" } = options;
  checkChoice("nesterov", "form", form, ["look-ahead", "gradient-correction"]);
  const descend = scaleByLearningRate(learningRate, "nesterov");
  const accumulate = trace({ momentum: options.momentum, nesterov: true }, "nesterov");
  const { decayGradient, decayParameters } = weightDecayLinks("nesterov", options, learningRate);
  // With u = −ε g: (1 + α) v' − α v = α v' + u, which is what the trace with its look-ahead gives.
  const optimizer: Optimizer<NesterovState> = form === "look-ahead"
    ? chain(decayGradient, descend, accumulate, decayParameters)
    : chain(decayGradient, accumulate, descend, decayParameters);
  return named("nesterov", optimizer);
}

/**
 * Recovers the point θ of the book's algorithm from the interim point that {@link nesterov} (form `"look-ahead"`) and
 * `rmspropNesterov` keep as parameters: `θ = θ̃ − α v`.
 *
 * @param params - The interim point θ̃.
 * @param state - The optimizer's state after the same step.
 * @param options - `momentum`: the optimizer's α. Default 0.9, as there.
 * @returns The parameters without the look-ahead.
 * @throws OptError `tree` when the state holds no velocity for these parameters.
 *
 * @example
 * ```ts
 * import { tensor } from "@opt/core";
 * import { nesterov, withoutLookAhead } from "@opt/first-order";
 *
 * const params = { weight: tensor([1, 2]) };
 * const state = nesterov({ learningRate: 0.1 }).init(params);
 * const point = withoutLookAhead(params, state);
 * ```
 */
export function withoutLookAhead<P extends TensorTree>(params: P, state: readonly object[], options: { readonly momentum?: number } = {}): P {
  checkOptions("withoutLookAhead", options, ["momentum"]);
  const { momentum = 0.9 } = options;
  checkNumber("withoutLookAhead", "momentum", momentum, { min: 0, below: 1 });
  const link = state.find(isTraceState);
  if (link === undefined) {
    return fail("tree", "withoutLookAhead(params, state): the state must be that of nesterov or rmspropNesterov; this one has no velocity. Inside a chain, hand over the optimizer's own part of the state.");
  }
  return treeMap((param, velocity) => param.sub(velocity.mul(momentum)), params, link.trace);
}

function isTraceState(state: object): state is TraceState {
  return "trace" in state;
}
