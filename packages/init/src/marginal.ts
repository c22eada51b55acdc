import type { Initializer } from "@opt/core";
import { describeValue, fail, tensor } from "@opt/core";

/** Checks an option that lists numbers, and copies it. */
export function numbersFor(where: string, name: string, values: ArrayLike<number>): readonly number[] {
  if (typeof values !== "object" || values === null || typeof values.length !== "number" || values.length === 0) {
    fail("option", `${where}({ ${name} }): must list one or more numbers; got ${describeValue(values)}.`);
  }
  const numbers = Array.from(values);
  numbers.forEach((value, index) => {
    if (!Number.isFinite(value)) fail("option", `${where}({ ${name}[${String(index)}] }): must be a finite number; got ${describeValue(value)}.`);
  });
  return numbers;
}

/** Makes an initializer of one given vector; `each` says in messages what it has an element for. */
export function fixedVector(where: string, values: readonly number[], each: string): Initializer {
  return (_key, shape, { dtype = "f32" } = {}) => {
    if (shape.length === 1 && shape[0] === values.length) return tensor(values, { dtype });
    return fail("shape", `${where}: the parameter must have shape [${String(values.length)}], one element for each ${each}; got [${shape.join(", ")}].`);
  };
}
