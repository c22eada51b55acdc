import type { DType } from "../../tensor/dtype.ts";
import type { FunctionWriter } from "../function-writer.ts";
import type { OpName } from "../opcodes.ts";
import type { Local } from "../types.ts";
import type { LaneCount } from "./lanes.ts";

/** A reduction's running result over one unit of the vector axis. */
export interface Reducer {
  readonly name: "sum" | "max";
  readonly dtype: DType;
}

function combineInstruction({ name, dtype }: Reducer): OpName {
  if (dtype === "f64") return name === "sum" ? "f64x2.add" : "f64x2.max";
  if (dtype === "f32") return name === "sum" ? "f32x4.add" : "f32x4.max";
  return name === "sum" ? "i32x4.add" : "i32x4.max_s";
}

/** The value that changes nothing, in all lanes. */
export function identityOf(w: FunctionWriter, { name, dtype }: Reducer): Local {
  if (dtype === "f64") return w.splatConstant("f64x2", name === "sum" ? 0 : Number.NEGATIVE_INFINITY);
  if (dtype === "f32") return w.splatConstant("f32x4", name === "sum" ? 0 : Number.NEGATIVE_INFINITY);
  return w.splatConstant("i32x4", name === "sum" ? 0 : -(2 ** 31));
}

/** `into = into ∘ value` */
export function accumulate(w: FunctionWriter, reducer: Reducer, into: Local, value: Local): void {
  w.get(into);
  w.get(value);
  w.op(combineInstruction(reducer));
  w.set(into);
}

/** Combines the lanes of a running result; every lane of `into` holds the whole afterwards. */
export function combineLanes(w: FunctionWriter, reducer: Reducer, into: Local, lanes: LaneCount): void {
  const shuffles = reducer.dtype === "f64" ? [[1, 0]] : lanes === 2 ? [[1, 0, 1, 0]] : [[2, 3, 0, 1], [1, 0, 3, 2]];
  for (const shuffle of shuffles) {
    w.get(into);
    w.get(into);
    w.get(into);
    w.shuffle(shuffle);
    w.op(combineInstruction(reducer));
    w.set(into);
  }
}
