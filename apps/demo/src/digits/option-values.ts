import { InvalidArgumentError } from "commander";
import type { OptimizerName } from "./optimizers.ts";
import { OPTIMIZER_NAMES } from "./optimizers.ts";
import type { ScheduleName } from "./schedules.ts";
import { SCHEDULE_NAMES } from "./schedules.ts";
import { choose, chooseSeveral, parsePositive, toNumber } from "../option-values.ts";

/** The learning rates that were given: one for all, some by name. */
export interface LearningRates {
  readonly all?: number;
  readonly byName: ReadonlyMap<OptimizerName, number>;
}

/** A backend that `--backend` accepts. */
export type BackendName = "cpu" | "gpu";

/** All of them. */
export const BACKEND_NAMES: readonly BackendName[] = ["cpu", "gpu"];

/** One of the backends. */
export function parseBackend(text: string): BackendName {
  return choose(text, BACKEND_NAMES);
}

/** `adam` or `sgd,adam`; the option may also be repeated. */
export function parseOptimizers(text: string, previous?: readonly OptimizerName[]): readonly OptimizerName[] {
  return chooseSeveral(text, OPTIMIZER_NAMES, previous);
}

/** One of the schedule names. */
export function parseSchedule(text: string): ScheduleName {
  return choose(text, SCHEDULE_NAMES);
}

/** Sizes of hidden layers from the input side: `128` or `256,128`; `none` for a network without any. */
export function parseHidden(text: string): readonly number[] {
  if (text.trim() === "none") return [];
  const sizes = text.split(",").map(toNumber);
  if (!sizes.every((size) => Number.isSafeInteger(size) && size >= 1)) {
    throw new InvalidArgumentError('It must be whole numbers from 1 with commas between them, such as 128 or 256,128, or "none".');
  }
  return sizes;
}

/** `0.01` for every optimizer, or `sgd=0.1,adam=0.001`; the option may also be repeated. */
export function parseLearningRates(text: string, previous?: LearningRates): LearningRates {
  let all = previous?.all;
  const byName = new Map(previous?.byName);
  for (const part of text.split(",")) {
    const equals = part.indexOf("=");
    if (equals < 0) all = parsePositive(part);
    else byName.set(choose(part.slice(0, equals), OPTIMIZER_NAMES), parsePositive(part.slice(equals + 1)));
  }
  return { all, byName };
}
