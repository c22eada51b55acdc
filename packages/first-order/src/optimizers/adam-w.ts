import type { Optimizer } from "@opt/core";
import { checkChoice } from "../check-choice.ts";
import type { AdamOptions, AdamState } from "./adam.ts";
import { adamFamily } from "./adam.ts";

/** Options of {@link adamW}. */
export interface AdamWOptions extends Omit<AdamOptions, "weightDecayForm"> {
  /** Whether the decay is multiplied by the learning rate (PyTorch, optax, Keras) or not (the paper). Default `"lr-coupled"`. */
  readonly weightDecayForm?: "lr-coupled" | "independent";
}

/**
 * Adam with decoupled weight decay: `θ ← θ − ε_t ŝ / (√r̂ + δ) − ε_t λ θ`, with ŝ and r̂ as in `adam`.
 *
 * The paper's algorithm does not multiply λ by the learning rate: `weightDecayForm: "independent"`, where a schedule that
 * shall govern both is given to both. The default λ = 0.01 is PyTorch's; optax has 1e-4, Keras 0.004.
 *
 * @param options - As `adam`; `weightDecay` defaults to 0.01.
 * @returns The optimizer; its state is that of `adam`.
 * @throws OptError `option` for a value out of range or an unknown name.
 *
 * @example
 * ```ts
 * import { adamW } from "@opt/first-order";
 *
 * const optimizer = adamW({ weightDecay: 0.05, weightDecayMask: (path, param) => param.rank > 1 });
 * ```
 * @see Loshchilov and Hutter, "Decoupled weight decay regularization", 2019, Algorithm 2.
 */
export function adamW(options: AdamWOptions = {}): Optimizer<AdamState> {
  const { weightDecay = 0.01, weightDecayForm = "lr-coupled" } = options;
  checkChoice("adamW", "weightDecayForm", weightDecayForm, ["lr-coupled", "independent"]);
  return adamFamily("adamW", { ...options, weightDecay, weightDecayForm });
}
