import type { DType } from "../../tensor/dtype.ts";
import { isFloat } from "../../tensor/dtype.ts";
import type { FunctionWriter } from "../function-writer.ts";
import type { OpName } from "../opcodes.ts";
import type { FloatLanes, Local } from "../types.ts";
import type { LaneCount } from "./lanes.ts";
import { floatLanes, vectorOf } from "./lanes.ts";

/** A reduction's running result over one unit of the vector axis. */
export interface Reducer {
  readonly name: "sum" | "max";
  readonly dtype: DType;
}

function combineInstruction({ name, dtype }: Reducer): OpName {
  if (name === "sum") return `${vectorOf(dtype)}.add`;
  return isFloat(dtype) ? `${floatLanes(dtype)}.max` : "i32x4.max_s";
}

/** The value that changes nothing, in all lanes. */
export function identityOf(w: FunctionWriter, { name, dtype }: Reducer): Local {
  const least = isFloat(dtype) ? Number.NEGATIVE_INFINITY : -(2 ** 31);
  return w.splatConstant(vectorOf(dtype), name === "sum" ? 0 : least);
}

/** A running maximum of floats: `into` skips NaN, and every bit of a lane of `unordered` is set once a NaN was met there. */
function accumulateMaximum(w: FunctionWriter, lanes: FloatLanes, into: Local, unordered: Local, value: Local): void {
  w.op(`${lanes}.pmax`, into, value);
  w.set(into);
  w.op(`${lanes}.ne`, unordered, value, value);
  w.op("v128.or");
  w.set(unordered);
}

/** A running result in locals. */
export interface RunningResult extends Reducer {
  readonly into: Local;
  /** Only for the maximum of floats, whose instruction that propagates NaN takes several times as long as one that does not. */
  readonly unordered: Local | undefined;
}

/** Starts a running result with the value that changes nothing. */
export function startResult(w: FunctionWriter, reducer: Reducer): RunningResult {
  const into = w.local("v128");
  w.set(into, identityOf(w, reducer));
  if (reducer.name === "sum" || reducer.dtype === "i32") return { ...reducer, into, unordered: undefined };
  const unordered = w.local("v128");
  w.zeroVector();
  w.set(unordered);
  return { ...reducer, into, unordered };
}

/** Takes a value into a running result. */
export function accumulate(w: FunctionWriter, result: RunningResult, value: Local): void {
  const { into, unordered, dtype } = result;
  if (unordered !== undefined) {
    accumulateMaximum(w, floatLanes(dtype), into, unordered, value);
    return;
  }
  combine(w, result, into, value);
}

/** Ends a running result: a maximum that met a NaN becomes NaN, since a NaN has all bits of its mask set. */
export function finishResult(w: FunctionWriter, { into, unordered }: RunningResult): void {
  if (unordered === undefined) return;
  w.op("v128.or", into, unordered);
  w.set(into);
}

/** `into = into ∘ value`. */
export function combine(w: FunctionWriter, reducer: Reducer, into: Local, value: Local): void {
  w.op(combineInstruction(reducer), into, value);
  w.set(into);
}

/** Combines the lanes of a running result; every lane of `into` holds the whole afterwards. */
export function combineLanes(w: FunctionWriter, reducer: Reducer, into: Local, lanes: LaneCount): void {
  const shuffles = reducer.dtype === "f64" ? [[1, 0]] : lanes === 2 ? [[1, 0, 1, 0]] : [[2, 3, 0, 1], [1, 0, 3, 2]];
  for (const shuffle of shuffles) {
    w.get(into);
    w.shuffle(shuffle, into, into);
    w.op(combineInstruction(reducer));
    w.set(into);
  }
}
