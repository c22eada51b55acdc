import { fail } from "./errors.ts";

/** The values that {@link checkNumber} allows: `min` and `max` are inclusive, `above` and `below` exclusive. */
export interface NumberRange {
  readonly min?: number;
  readonly max?: number;
  readonly above?: number;
  readonly below?: number;
  /** Whether only whole numbers are allowed. Default false. */
  readonly integer?: boolean;
}

function describeRange(range: NumberRange): string {
  const kind = range.integer === true ? "an integer" : "a number";
  const lower = range.above ?? range.min;
  const upper = range.below ?? range.max;
  if (lower === undefined && upper === undefined) return kind === "a number" ? "a finite number" : kind;
  if (upper === undefined) return `${kind} ${range.above === undefined ? "≥" : ">"} ${String(lower)}`;
  if (lower === undefined) return `${kind} ${range.below === undefined ? "≤" : "<"} ${String(upper)}`;
  const open = range.above === undefined ? "[" : "(";
  const close = range.below === undefined ? "]" : ")";
  const interval = `${open}${String(lower)}, ${String(upper)}${close}`;
  return range.integer === true ? `an integer in ${interval}` : `in ${interval}`;
}

function describeObject(value: object): string {
  const prototype: unknown = Object.getPrototypeOf(value);
  const isPlain = prototype === null || prototype === Object.prototype;
  if (!isPlain) return `a value of class ${value.constructor.name}`;
  const keys = Object.keys(value);
  return keys.length === 0 ? "an empty object" : `an object with keys ${keys.join(", ")}`;
}

/** Writes any value shortly enough for a message. */
export function describeValue(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value);
  if (typeof value === "function") return "a function";
  if (Array.isArray(value)) return value.length > 8 ? `an array of ${String(value.length)}` : `[${value.map(describeValue).join(", ")}]`;
  if (typeof value === "object" && value !== null) return describeObject(value);
  return String(value);
}

/**
 * Checks a numeric option and returns it.
 *
 * @param where - The function that has the option, for the message: `"adam"`.
 * @param name - The option's name: `"beta2"`.
 * @param value - What the user gave.
 * @param range - Which values are allowed.
 * @returns The value, known to be a number in the range.
 * @throws OptError `option` when it is not a finite number in the range.
 *
 * @example
 * ```ts
 * import { checkNumber } from "@opt/core";
 *
 * const beta2 = checkNumber("adam", "beta2", 0.999, { min: 0, below: 1 });
 * ```
 */
export function checkNumber(where: string, name: string, value: unknown, range: NumberRange = {}): number {
  const fits =
    typeof value === "number" &&
    Number.isFinite(value) &&
    (range.min === undefined || value >= range.min) &&
    (range.max === undefined || value <= range.max) &&
    (range.above === undefined || value > range.above) &&
    (range.below === undefined || value < range.below) &&
    (range.integer !== true || Number.isInteger(value));
  if (!fits) fail("option", `${where}({ ${name} }): must be ${describeRange(range)}; got ${describeValue(value)}.`);
  return value;
}

/** The Levenshtein distance between two words. */
function editDistance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const current = [i];
    for (let j = 1; j <= b.length; j++) {
      const substitution = (previous[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      current.push(Math.min(substitution, (previous[j] ?? 0) + 1, (current[j - 1] ?? 0) + 1));
    }
    previous = current;
  }
  return previous[b.length] ?? 0;
}

/**
 * Finds the candidate that a misspelt word most likely meant.
 *
 * @param word - The word as typed.
 * @param candidates - The valid words.
 * @returns The nearest candidate by edit distance without regard to case, or undefined when none is near.
 *
 * @example
 * ```ts
 * import { nearest } from "@opt/core";
 *
 * nearest("adm", ["sgd", "adam"]); // "adam"
 * ```
 */
export function nearest(word: string, candidates: readonly string[]): string | undefined {
  let best: string | undefined;
  let bestDistance = Math.max(2, Math.floor(word.length / 2)) + 1;
  for (const candidate of candidates) {
    const distance = editDistance(word.toLowerCase(), candidate.toLowerCase());
    if (distance < bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}

/**
 * Checks that an options object has no unknown names, so that a misspelt option is never silently ignored.
 *
 * @param where - The function that takes the options, for the message.
 * @param options - What the user gave; undefined is allowed.
 * @param names - The names that the function knows.
 * @throws OptError `option` naming the unknown option and the nearest known one.
 *
 * @example
 * ```ts
 * import { checkOptions } from "@opt/core";
 *
 * checkOptions("sgd", { learningRate: 0.1 }, ["learningRate", "weightDecay"]);
 * ```
 */
export function checkOptions(where: string, options: object | undefined, names: readonly string[]): void {
  if (options === undefined) return;
  if (typeof options !== "object" || options === null) {
    fail("option", `${where}(options): must be an object with the options ${names.join(", ")}; got ${describeValue(options)}.`);
  }
  for (const name of Object.keys(options)) {
    if (names.includes(name)) continue;
    const suggestion = nearest(name, names);
    const hint = suggestion === undefined ? `Known options: ${names.join(", ")}.` : `Did you mean "${suggestion}"?`;
    fail("option", `${where}({ ${name} }): unknown option. ${hint}`);
  }
}
