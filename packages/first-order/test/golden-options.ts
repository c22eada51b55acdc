import type { Optimizer, Schedule } from "@opt/core";
import type { GoldenTrajectory } from "@opt/testing";
import { chain, clipByGlobalNorm, clipByNorm, clipByValue } from "../src/index.ts";
import type { Rate } from "../src/index.ts";
import type { AnyOptions } from "./table.ts";

/** Names that the golden files and this package have in common. */
const sameNames = ["momentum", "dampening", "decay", "centered", "beta1", "beta2", "epsilon", "epsilonRoot", "initialAccumulator", "increase", "decrease"];

function rateOf(rates: unknown): Rate {
  if (typeof rates === "number") return rates;
  const list = rates as readonly number[];
  return (step) => list[step] ?? Number.NaN;
}

function weightDecayOf(options: AnyOptions): AnyOptions {
  if (options["weightDecay"] === undefined) return {};
  const weightDecay = options["weightDecay"] as number;
  const rate = rateOf(options["learningRate"]);
  switch (options["weightDecayForm"]) {
    case "coupled":
      return { weightDecay, weightDecayForm: "l2" };
    case "decoupled":
      return { weightDecay, weightDecayForm: "lr-coupled" };
    case "independent": {
      // The paper's multiplier η(t) governs both; here it is part of both schedules.
      const scheduled: Schedule | undefined = typeof rate === "number" ? undefined : (step) => (weightDecay * rate(step)) / rate(0);
      return { weightDecay: scheduled ?? weightDecay, weightDecayForm: "independent" };
    }
    case "independent-constant":
      return { weightDecay, weightDecayForm: "independent" };
    default:
      throw new Error(`unknown weightDecayForm ${String(options["weightDecayForm"])}`);
  }
}

/** Translates the options of a golden file; the table of names stands in the golden files' README. */
export function translate({ header }: GoldenTrajectory): AnyOptions {
  const { options, algorithm, library } = header;
  const translated: Record<string, unknown> = { learningRate: rateOf(options["learningRate"]), ...weightDecayOf(options) };
  for (const name of sameNames) {
    if (options[name] !== undefined) translated[name] = options[name];
  }
  if (options["epsilonPlacement"] !== undefined) translated["epsilonInsideRoot"] = options["epsilonPlacement"] === "inside-root";
  if (options["epsilonForm"] === "hat") translated["epsilonPlacement"] = "uncorrected";
  if (options["averaging"] !== undefined) translated["smoothing"] = options["averaging"];
  if (algorithm === "nesterov") translated["form"] = options["form"] === "shifted" ? "gradient-correction" : "look-ahead";
  const hasVelocity = algorithm === "momentum" || (algorithm === "rmsprop" && options["momentum"] !== undefined);
  // PyTorch has the learning rate outside the velocity; the others' files say so where it matters.
  if (hasVelocity) translated["learningRateInside"] = options["velocity"] === "rate-inside" || (options["velocity"] === undefined && library !== "torch");
  return translated;
}

/** Puts the clip that the golden file asks for before the optimizer. */
export function withClip(optimizer: Optimizer, options: AnyOptions): Optimizer {
  const clips = { clipByValue, clipByNorm, clipByGlobalNorm };
  for (const [name, clip] of Object.entries(clips)) {
    const limit = options[name];
    if (typeof limit === "number") return chain(clip(limit), optimizer);
  }
  return optimizer;
}
