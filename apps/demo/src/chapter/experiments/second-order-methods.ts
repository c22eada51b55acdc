import { splitKey } from "@opt/core";
import type { Experiment, ExperimentContext, Findings } from "../experiment.ts";
import { examineDigits } from "../second-order/digits.ts";
import { examineQuadratics } from "../second-order/quadratics.ts";
import { examineValleys } from "../second-order/rosenbrock.ts";

async function run({ key, signal, progress }: ExperimentContext): Promise<Findings> {
  const [quadraticKey, digitKey] = splitKey(key, 2);
  const quadratics = await examineQuadratics(quadraticKey, signal);
  progress(0.1);
  const valleys = await examineValleys(signal);
  progress(0.2);
  const digits = await examineDigits(digitKey, signal, (share) => {
    progress(0.2 + 0.8 * share);
  });
  return {
    claims: [...quadratics.claims, ...valleys.claims, ...digits.claims],
    charts: [...quadratics.charts, ...valleys.charts, ...digits.charts],
    numbers: [...valleys.numbers, ...digits.numbers],
  };
}

/** Section 8.6: methods that use the curvature. */
export const secondOrderMethods: Experiment = {
  name: "second-order-methods",
  number: 12,
  section: "8.6",
  title: "Second-order methods: what the curvature is worth, and what it costs",
  paragraph:
    "The gradient tells which way is down, the Hessian how soon the ground will turn. Newton's method uses all of it and needs one step on a quadratic; conjugate gradient, " +
    "BFGS and L-BFGS learn what matters of it from gradients alone. On a network the Hessian has the square of the number of parameters, and whole gradients are " +
    "expensive when minibatches would do; so the order among the methods depends on how many passes over the data one can afford.",
  formula: "Newton: θ ← θ − (H + αI)⁻¹ g;   conjugate gradient: dₜ = −gₜ + βₜ dₜ₋₁;   BFGS: dₜ = −Mₜ gₜ, Mₜ ≈ H⁻¹",
  run,
};
