import { apply } from "../graph/apply.ts";
import { add, mul } from "../ops/arithmetic.ts";
import { cos, log1p, sqrt } from "../ops/functions.ts";
import { asTensor, literal } from "../ops/operands.ts";
import { checkNumber, checkOptions } from "../options.ts";
import type { FloatDType } from "../tensor/dtype.ts";
import type { Shape } from "../tensor/shape.ts";
import { checkShape } from "../tensor/shape.ts";
import { Tensor } from "../tensor/tensor.ts";
import type { Scalar } from "../tensor/tensor.ts";
import type { Key } from "./key.ts";

/** A key's word for the kernels: the same 32 bits as a signed integer. */
function keyWord(where: string, word: Scalar): Tensor {
  if (typeof word === "number") return literal(where, word | 0, "i32");
  return word instanceof Tensor && word.onHost ? apply({ name: "fromHost", dtype: "i32" }, [word]) : asTensor(where, word);
}

function unit(where: string, key: Key, shape: Shape, dtype: FloatDType, stream: number): Tensor {
  checkShape(where, shape);
  return apply({ name: "random", shape, dtype, stream }, [keyWord(where, key[0]), keyWord(where, key[1])]);
}

/** Options of {@link randomUniform}. */
export interface RandomUniformOptions {
  /** The inclusive lower end. Default 0. */
  readonly minimum?: number;
  /** The exclusive upper end. Default 1. */
  readonly maximum?: number;
  /** Default `f32`: 24 random bits; `f64` has 53. */
  readonly dtype?: FloatDType;
}

/**
 * Draws numbers uniform in [minimum, maximum): element i is a function of the key and i alone.
 *
 * @param key - A key; use each key for one draw.
 * @param shape - The shape of the result.
 * @param options - The interval and the dtype.
 * @returns The random tensor.
 * @throws OptError `option` or `shape`.
 * @see Salmon, Moraes, Dror and Shaw, "Parallel random numbers: as easy as 1, 2, 3", 2011 (threefry2x32-20).
 *
 * @example
 * ```ts
 * import { key, randomUniform } from "@opt/core";
 *
 * const x = randomUniform(key(7), [2, 3], { minimum: -1, maximum: 1 });
 * ```
 */
export function randomUniform(key: Key, shape: Shape, options: RandomUniformOptions = {}): Tensor {
  checkOptions("randomUniform", options, ["minimum", "maximum", "dtype"]);
  const { minimum = 0, maximum = 1, dtype = "f32" } = options;
  checkNumber("randomUniform", "minimum", minimum);
  checkNumber("randomUniform", "maximum", maximum, { min: minimum });
  return add(mul(unit("randomUniform", key, shape, dtype, 0), maximum - minimum), minimum);
}

/** Options of {@link randomNormal}. */
export interface RandomNormalOptions {
  /** Default 0. */
  readonly mean?: number;
  /** Default 1; ≥ 0. */
  readonly standardDeviation?: number;
  /** Default `f32`. */
  readonly dtype?: FloatDType;
}

/**
 * Draws normally distributed numbers by the Box–Muller transform, `√(−2 ln(1 − u)) · cos(2πv)`.
 *
 * @param key - A key; use each key for one draw.
 * @param shape - The shape of the result.
 * @param options - Mean, standard deviation and dtype.
 * @returns The random tensor.
 * @throws OptError `option` or `shape`.
 * @see Box and Muller, "A note on the generation of random normal deviates", 1958.
 */
export function randomNormal(key: Key, shape: Shape, options: RandomNormalOptions = {}): Tensor {
  checkOptions("randomNormal", options, ["mean", "standardDeviation", "dtype"]);
  const { mean = 0, standardDeviation = 1, dtype = "f32" } = options;
  checkNumber("randomNormal", "mean", mean);
  checkNumber("randomNormal", "standardDeviation", standardDeviation, { min: 0 });
  const radius = sqrt(mul(log1p(unit("randomNormal", key, shape, dtype, 0).neg()), -2));
  const angle = mul(unit("randomNormal", key, shape, dtype, 1), 2 * Math.PI);
  return add(mul(mul(radius, cos(angle)), standardDeviation), mean);
}
