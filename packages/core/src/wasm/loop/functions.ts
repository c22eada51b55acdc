import { existing } from "../../errors.ts";
import type { ElementFunction } from "../../compile/kernel.ts";
import type { DType } from "../../tensor/dtype.ts";
import { isFloat } from "../../tensor/dtype.ts";
import type { FunctionWriter } from "../function-writer.ts";
import { exponential } from "../math/exponential.ts";
import { log1p } from "../math/log1p.ts";
import { logarithm } from "../math/logarithm.ts";
import { pow } from "../math/pow.ts";
import { sigmoid } from "../math/sigmoid.ts";
import { tanh } from "../math/tanh.ts";
import { trigonometric } from "../math/trigonometry.ts";
import { VectorCode } from "../math/vector-code.ts";
import type { OpName } from "../opcodes.ts";
import type { Local } from "../types.ts";
import type { LaneCount } from "./lanes.ts";
import { floatLanes, vectorOf } from "./lanes.ts";

/** A value in a local with its element type. */
export interface TypedLocal {
  readonly local: Local;
  readonly dtype: DType;
  /** Whether all bits are known to be zero. */
  readonly isZero: boolean;
  /** Whether no element is known to be above 0. */
  readonly isNonPositive: boolean;
}

/** One element function to write: the operands are in locals, the result is left on the stack. */
export interface FunctionSite {
  readonly w: FunctionWriter;
  readonly lanes: LaneCount;
  readonly operands: readonly TypedLocal[];
  /** The element type of the result. */
  readonly dtype: DType;
}

type Emitter = (site: FunctionSite) => void;

function operand(site: FunctionSite, index: number): TypedLocal {
  return existing(site.operands[index], "operand");
}

/** Applies one machine instruction to the operands. */
function apply({ w, operands }: FunctionSite, name: OpName): void {
  w.op(name, operands[0]?.local, operands[1]?.local);
}

/** A machine instruction that exists for these vector types. */
function instruction(name: "add" | "sub" | "mul" | "abs" | "neg"): Emitter {
  return (site) => { apply(site, `${vectorOf(site.dtype)}.${name}`); };
}

function floatInstruction(name: "div" | "sqrt"): Emitter {
  return (site) => { apply(site, `${floatLanes(site.dtype)}.${name}`); };
}

/** Vector code for floating-point operands. */
function vectorCode(write: (v: VectorCode, ...operands: Local[]) => Local): Emitter {
  return ({ w, operands, dtype }) => { w.get(write(new VectorCode(w, floatLanes(dtype)), ...operands.map(({ local }) => local))); };
}

/** Comparisons leave a mask as wide as the kernel's lanes. */
function comparison(float: "lt" | "le" | "eq", integer: "lt_s" | "le_s" | "eq"): Emitter {
  return (site) => {
    const { dtype } = operand(site, 0);
    apply(site, isFloat(dtype) ? `${floatLanes(dtype)}.${float}` : `i32x4.${integer}`);
    if (dtype !== "f64") widenMask(site);
  };
}

/** In a kernel of two lanes masks are 64 bits wide. */
function widenMask({ w, lanes }: FunctionSite): void {
  if (lanes === 2) w.op("i64x2.extend_low_i32x4_s");
}

/** Fits the mask on the stack to lanes of 32 bits in the low half, where the kernel has two lanes. */
function narrowMask({ w, lanes }: FunctionSite): void {
  if (lanes === 4) return;
  const mask = w.local("v128");
  w.tee(mask);
  w.shuffle([0, 2, 0, 2], mask);
}

function bitwise(name: "and" | "or" | "not"): Emitter {
  return (site) => { apply(site, `v128.${name}`); };
}

/** `max` and `min` of the instruction set propagate NaN, as ours do. */
function extremum(name: "max" | "min"): Emitter {
  return (site) => { apply(site, site.dtype === "i32" ? `i32x4.${name}_s` : `${floatLanes(site.dtype)}.${name}`); };
}

function emitRelu(site: FunctionSite): void {
  const { w, dtype } = site;
  const lanes = floatLanes(dtype);
  // pmax(a, b) is a < b ? b : a, so NaN in the first operand stays.
  w.op(`${lanes}.pmax`, operand(site, 0).local, w.splatConstant(lanes, 0));
}

function emitSign(site: FunctionSite): void {
  const { w, dtype } = site;
  const lanes = floatLanes(dtype);
  const x = operand(site, 0).local;
  const zero = w.splatConstant(lanes, 0);
  // x where it is 0 or NaN, else 1 with the sign of x.
  w.op("v128.and", x, w.splatConstant(lanes, -0));
  w.op("v128.or", w.splatConstant(lanes, 1));
  const one = w.keep();
  w.op(`${lanes}.lt`, x, zero);
  w.op(`${lanes}.gt`, x, zero);
  w.op("v128.or");
  w.op("v128.bitselect", one, x, w.keep());
}

function emitWhere(site: FunctionSite): void {
  const { w, dtype } = site;
  const pushMask = (): void => {
    w.get(operand(site, 0).local);
    if (dtype !== "f64" && dtype !== "bool") narrowMask(site);
  };
  const [chosen, other] = [operand(site, 1), operand(site, 2)];
  // Beside zero one instruction does what a selection needs three for.
  if (other.isZero || chosen.isZero) {
    w.op(other.isZero ? "v128.and" : "v128.andnot", other.isZero ? chosen.local : other.local, pushMask);
    return;
  }
  w.op("v128.bitselect", chosen.local, other.local, pushMask);
}

function emitCast(site: FunctionSite): void {
  const { w, dtype } = site;
  const { local, dtype: from } = operand(site, 0);
  w.get(local);
  if (from === dtype) return;
  if (from === "bool") {
    castPredicate(site);
    return;
  }
  if (dtype === "f32") w.op(from === "f64" ? "f32x4.demote_f64x2_zero" : "f32x4.convert_i32x4_s");
  else if (dtype === "f64") w.op(from === "f32" ? "f64x2.promote_low_f32x4" : "f64x2.convert_low_i32x4_s");
  else w.op(from === "f64" ? "i32x4.trunc_sat_f64x2_s_zero" : "i32x4.trunc_sat_f32x4_s");
}

/** A mask becomes 1 where it is set and 0 elsewhere. */
function castPredicate(site: FunctionSite): void {
  const { w, dtype } = site;
  if (dtype !== "f64") narrowMask(site);
  w.op("v128.and", w.splatConstant(vectorOf(dtype), 1));
}

/** How each element function is written for WebAssembly SIMD. */
const emitters: Readonly<Record<ElementFunction, Emitter>> = {
  neg: instruction("neg"),
  exp: (site) => { vectorCode((v, x) => exponential(v, x, operand(site, 0).isNonPositive))(site); },
  log: vectorCode(logarithm),
  log1p: vectorCode(log1p),
  sqrt: floatInstruction("sqrt"),
  tanh: vectorCode(tanh),
  sigmoid: vectorCode(sigmoid),
  relu: emitRelu,
  abs: instruction("abs"),
  sign: emitSign,
  sin: vectorCode((v, x) => trigonometric(v, "sin", x)),
  cos: vectorCode((v, x) => trigonometric(v, "cos", x)),
  logicalNot: bitwise("not"),
  add: instruction("add"),
  sub: instruction("sub"),
  mul: instruction("mul"),
  div: floatInstruction("div"),
  pow: vectorCode(pow),
  maximum: extremum("max"),
  minimum: extremum("min"),
  less: comparison("lt", "lt_s"),
  lessEqual: comparison("le", "le_s"),
  equal: comparison("eq", "eq"),
  logicalAnd: bitwise("and"),
  logicalOr: bitwise("or"),
  where: emitWhere,
  cast: emitCast,
};

/** Writes one element function; its result is left on the stack. */
export function emitFunction(name: ElementFunction, site: FunctionSite): void {
  emitters[name](site);
}
