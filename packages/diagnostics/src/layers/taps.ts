import type { Tensor, TensorTree } from "@opt/core";
import { checkNumber, checkOptions, describeValue, fail, Tensor as TensorClass, valueAndGrad, zeros } from "@opt/core";

/** Options of a {@link Tap}. */
export interface TapOptions {
  /** The values that the activation saturates at, lower and upper: `[-1, 1]` for tanh, `[0, 1]` for the sigmoid. Default none. */
  readonly limits?: readonly [lower: number, upper: number];
}

/**
 * Marks a value inside a loss, to be looked at: returns it as it is. A name that is used again gets a number, in the order of the calls:
 * `h[0]`, `h[1]`, …
 *
 * @param name - The name of the value; not empty.
 * @param value - A floating-point tensor [batch, …, units].
 * @param options - What it saturates at.
 * @returns The value, to go on with.
 */
export type Tap = (name: string, value: Tensor, options?: TapOptions) => Tensor;

/** A loss that marks values inside it. */
export type TappedLoss<P extends TensorTree, Batch> = (params: P, batch: Batch, tap: Tap) => Tensor;

/** A marked value with the gradient of the loss by it. */
export interface Tapped {
  readonly name: string;
  readonly limits: readonly [lower: number, upper: number] | undefined;
  readonly value: Tensor;
  readonly gradient: Tensor;
}

/** A call of a tap. */
interface Call {
  readonly name: string;
  readonly value: Tensor;
  readonly limits: readonly [lower: number, upper: number] | undefined;
}

function checkCall(where: string, name: unknown, value: unknown, options: TapOptions | undefined): void {
  if (typeof name !== "string" || name === "") fail("option", `${where}: tap(name): must be a name; got ${describeValue(name)}.`);
  if (!(value instanceof TensorClass) || (value.dtype !== "f32" && value.dtype !== "f64")) {
    fail("dtype", `${where}: tap(${JSON.stringify(name)}, value): must be an f32 or f64 tensor; got ${value instanceof TensorClass ? value.toString() : describeValue(value)}.`);
  }
  const call = `${where}: tap`;
  checkOptions(call, options, ["limits"]);
  if (options?.limits === undefined) return;
  const { limits } = options;
  if (!Array.isArray(limits) || limits.length !== 2) fail("option", `${call}({ limits }): must be [lower, upper]; got ${describeValue(limits)}.`);
  const lower = checkNumber(call, "limits[0]", limits[0]);
  checkNumber(call, "limits[1]", limits[1], { above: lower });
}

/** Numbers the names that occur more than once. */
function distinctNames(calls: readonly Call[]): string[] {
  const total = new Map<string, number>();
  for (const { name } of calls) total.set(name, (total.get(name) ?? 0) + 1);
  const seen = new Map<string, number>();
  return calls.map(({ name }) => {
    const count = seen.get(name) ?? 0;
    seen.set(name, count + 1);
    return total.get(name) === 1 ? name : `${name}[${String(count)}]`;
  });
}

/**
 * The loss with its marked values, the gradients by them and the gradients by the parameters, while tracing.
 *
 * A first, thrown-away pass finds out what is marked; in the second, a zero is added to each marked value, and the gradient by that zero is the
 * gradient by the value.
 */
export function differentiateTapped<P extends TensorTree, Batch>(where: string, loss: TappedLoss<P, Batch>, params: P, batch: Batch): { loss: Tensor; tapped: Tapped[]; gradients: P } {
  const calls: Call[] = [];
  loss(params, batch, (name, value, options) => {
    checkCall(where, name, value, options);
    calls.push({ name, value, limits: options?.limits });
    return value;
  });
  if (calls.length === 0) fail("data", `${where}: the loss marked nothing. Call its third argument on what is to be looked at: h = tap("hidden", relu(x)).`);
  const shifts = calls.map(({ value }) => zeros(value.shape, { dtype: value.dtype === "f64" ? "f64" : "f32" }));
  const shifted = (at: { readonly params: P; readonly shifts: readonly Tensor[] }): [Tensor, Tensor[]] => {
    const values: Tensor[] = [];
    const result = loss(at.params, batch, (_name, value) => {
      const shift = at.shifts[values.length];
      const marked = shift === undefined ? value : value.add(shift);
      values.push(marked);
      return marked;
    });
    if (values.length !== calls.length) fail("data", `${where}: the loss must mark the same values each time it is called; got ${String(calls.length)} and then ${String(values.length)}.`);
    return [result, values];
  };
  const [[value, values], gradients] = valueAndGrad(shifted, { auxiliary: true })({ params, shifts });
  const names = distinctNames(calls);
  const tapped = calls.map(({ limits }, index) => ({ name: names[index]!, limits, value: values[index]!, gradient: gradients.shifts[index]! }));
  return { loss: value, tapped, gradients: gradients.params };
}
