import { nearest } from "@opt/core";
import { InvalidArgumentError } from "commander";

/** Finds a word among the valid ones, or says which one was probably meant. */
export function choose<Name extends string>(word: string, names: readonly Name[]): Name {
  const found = names.find((name) => name === word.trim().toLowerCase());
  if (found !== undefined) return found;
  const suggestion = nearest(word, names);
  const hint = suggestion === undefined ? "" : ` Did you mean ${suggestion}?`;
  throw new InvalidArgumentError(`There is no "${word}".${hint} Choose from ${names.join(", ")}.`);
}

/** Finds words with commas between them; the option may also be repeated. */
export function chooseSeveral<Name extends string>(text: string, names: readonly Name[], previous: readonly Name[] = []): readonly Name[] {
  return [...new Set([...previous, ...text.split(",").map((word) => choose(word, names))])];
}

/** A number as it is written; Number("") is 0, but an empty text is a mistake. */
export function toNumber(text: string): number {
  return text.trim() === "" ? Number.NaN : Number(text);
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
