import { nearest } from "@opt/core";
import { InvalidArgumentError } from "commander";
import type { OptimizerName } from "./optimizers.ts";
import { OPTIMIZER_NAMES } from "./optimizers.ts";
import type { ScheduleName } from "./schedules.ts";
import { SCHEDULE_NAMES } from "./schedules.ts";

/** The learning rates that were given: one for all, some by name. */
export interface LearningRates {
  readonly all?: number;
  readonly byName: ReadonlyMap<OptimizerName, number>;
}

/** Finds a word among the valid ones, or says which one was probably meant. */
function choose<Name extends string>(word: string, names: readonly Name[]): Name {
  const found = names.find((name) => name === word.trim().toLowerCase());
  if (found !== undefined) return found;
  const suggestion = nearest(word, names);
  const hint = suggestion === undefined ? "" : ` Did you mean ${suggestion}?`;
  throw new InvalidArgumentError(`There is no "${word}".${hint} Choose from ${names.join(", ")}.`);
}

/** Number("") is 0, but an empty text is a mistake. */
function toNumber(text: string): number {
  return text.trim() === "" ? Number.NaN : Number(text);
}

/** `adam` or `sgd,adam`; the option may also be repeated. */
export function parseOptimizers(text: string, previous?: readonly OptimizerName[]): readonly OptimizerName[] {
  const names = text.split(",").map((word) => choose(word, OPTIMIZER_NAMES));
  return [...new Set([...(previous ?? []), ...names])];
}

/** One of the schedule names. */
export function parseSchedule(text: string): ScheduleName {
  return choose(text, SCHEDULE_NAMES);
}

/** A finite number above zero. */
export function parsePositive(text: string): number {
  const value = toNumber(text);
  if (!Number.isFinite(value) || value <= 0) throw new InvalidArgumentError("It must be a number above 0.");
  return value;
}

/** A whole number from 1. */
export function parseCount(text: string): number {
  const value = toNumber(text);
  if (!Number.isSafeInteger(value) || value < 1) throw new InvalidArgumentError("It must be a whole number from 1.");
  return value;
}

/** A whole number from 0 that fits in 32 bits. */
export function parseSeed(text: string): number {
  const value = toNumber(text);
  if (!Number.isInteger(value) || value < 0 || value > 0xffff_ffff) {
    throw new InvalidArgumentError("It must be a whole number from 0 to 4294967295.");
  }
  return value;
}

/** A share from 0 to 1, also written as a percentage: `0.975` or `97.5%`. */
export function parseShare(text: string): number {
  const value = text.trim().endsWith("%") ? toNumber(text.trim().slice(0, -1)) / 100 : toNumber(text);
  if (!(value >= 0 && value <= 1)) throw new InvalidArgumentError("It must be a share from 0 to 1, such as 0.975 or 97.5%.");
  return value;
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
