import type { Key } from "@opt/core";
import { describeValue, fail, Tensor } from "@opt/core";

/** Checks an option that is a random key, and returns it. */
export function checkKey(where: string, value: Key | undefined): Key {
  const isWord = (word: unknown): boolean => typeof word === "number" || word instanceof Tensor;
  if (Array.isArray(value) && value.length === 2 && value.every(isWord)) return value;
  return fail("option", `${where}({ key }): must be a random key; got ${describeValue(value)}. Use key(seed) of @opt/core.`);
}
