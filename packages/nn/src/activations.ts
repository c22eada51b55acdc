import type { Tensor } from "@opt/core";
import { describeValue, fail, greater, nearest, relu, sigmoid, tanh, where } from "@opt/core";
import { softplusParts } from "./softplus.ts";

/** An elementwise function between layers. */
export type Activation = (x: Tensor) => Tensor;

/** The activations that are known by name. */
export type ActivationName = "linear" | "relu" | "leaky-relu" | "tanh" | "sigmoid" | "softplus" | "silu";

/**
 * The identity: `f(x) = x`.
 *
 * @param x - Any tensor.
 * @returns The same tensor.
 *
 * @example
 * ```ts
 * import { tensor } from "@opt/core";
 * import { linear } from "@opt/nn";
 *
 * linear(tensor([-1, 2])).readSync(); // [-1, 2]
 * ```
 */
export function linear(x: Tensor): Tensor {
  return x;
}

/**
 * The rectifier that leaks: `f(x) = x` where x > 0, else `slope · x`.
 *
 * @param x - A floating-point tensor.
 * @param slope - The slope below zero. Default 0.01.
 * @returns The activation, of the same shape.
 *
 * @example
 * ```ts
 * import { tensor } from "@opt/core";
 * import { leakyRelu } from "@opt/nn";
 *
 * leakyRelu(tensor([-1, 2]), 0.1).readSync(); // [-0.1, 2]
 * ```
 *
 * @see Maas, Hannun and Ng, "Rectifier nonlinearities improve neural network acoustic models", 2013.
 */
export function leakyRelu(x: Tensor, slope = 0.01): Tensor {
  return where(greater(x, 0), x, x.mul(slope));
}

/**
 * The smooth rectifier `f(x) = ln(1 + eˣ)`, without overflow for large x; its derivative is the sigmoid.
 *
 * @param x - A floating-point tensor.
 * @returns The activation, of the same shape.
 *
 * @example
 * ```ts
 * import { tensor } from "@opt/core";
 * import { softplus } from "@opt/nn";
 *
 * softplus(tensor([-100, 0, 100])).readSync(); // [≈ 0, ln 2, 100]
 * ```
 *
 * @see Dugas et al., "Incorporating second-order functional knowledge for better option pricing", 2001.
 */
export function softplus(x: Tensor): Tensor {
  const { linear: positivePart, remainder } = softplusParts(x);
  return positivePart.add(remainder);
}

/**
 * The sigmoid-weighted unit: `f(x) = x · σ(x)`, also called swish.
 *
 * @param x - A floating-point tensor.
 * @returns The activation, of the same shape.
 *
 * @example
 * ```ts
 * import { tensor } from "@opt/core";
 * import { silu } from "@opt/nn";
 *
 * silu(tensor([0, 1])).readSync(); // [0, 0.731]
 * ```
 *
 * @see Elfwing, Uchibe and Doya, "Sigmoid-weighted linear units for neural network function approximation", 2017.
 */
export function silu(x: Tensor): Tensor {
  return x.mul(sigmoid(x));
}

const activations: Readonly<Record<ActivationName, Activation>> = {
  linear,
  relu,
  "leaky-relu": (x) => leakyRelu(x),
  tanh,
  sigmoid,
  softplus,
  silu,
};

function isActivationName(name: unknown): name is ActivationName {
  return typeof name === "string" && Object.hasOwn(activations, name);
}

/**
 * Checks an option that is an activation, given by name or as a function.
 *
 * @internal
 */
export function resolveActivation(where: string, option: string, choice: ActivationName | Activation): Activation {
  if (typeof choice === "function") return choice;
  if (isActivationName(choice)) return activations[choice];
  const names = Object.keys(activations);
  const suggestion = typeof choice === "string" ? nearest(choice, names) : undefined;
  const hint = suggestion === undefined ? `Known: ${names.join(", ")}; or give a function.` : `Did you mean "${suggestion}"?`;
  return fail("option", `${where}({ ${option} }): unknown activation ${describeValue(choice)}. ${hint}`);
}

/**
 * Finds an activation by its name.
 *
 * @param name - `linear`, `relu`, `leaky-relu`, `tanh`, `sigmoid`, `softplus` or `silu`.
 * @returns The function.
 * @throws OptError `option` for an unknown name, with the nearest known one.
 *
 * @example
 * ```ts
 * import { tensor } from "@opt/core";
 * import { activation } from "@opt/nn";
 *
 * activation("relu")(tensor([-1, 2])).readSync(); // [0, 2]
 * ```
 */
export function activation(name: ActivationName): Activation {
  return resolveActivation("activation", "name", name);
}
