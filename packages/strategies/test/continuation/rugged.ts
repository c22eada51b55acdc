import type { Tensor } from "@opt/core";
import { cos } from "@opt/core";
import type { Loss } from "../../src/index.ts";

/** The depth and the frequency of the ripples. */
const depth = -1;
const frequency = 4;

/** `‖x‖²/2 + a Σ cos(ω xᵢ)`: ripples in a bowl, with the deepest minimum at 0 for a < 0. */
export function rugged(x: Tensor): Tensor {
  return x.pow(2).mul(0.5).add(cos(x.mul(frequency)).mul(depth)).sum();
}

/** The same blurred by N(0, σ² I), in closed form: `‖x‖²/2 + nσ²/2 + a e^(−σ²ω²/2) Σ cos(ω xᵢ)`. */
export function ruggedSmoothed(sigma: number): Loss<Tensor> {
  const damped = depth * Math.exp((-((sigma * frequency) ** 2)) / 2);
  return (x) => x.pow(2).mul(0.5).add(cos(x.mul(frequency)).mul(damped)).sum().add((x.size * sigma ** 2) / 2);
}
