import type { DType } from "../tensor/dtype.ts";
import type { Shape } from "../tensor/shape.ts";
import { hostRules } from "./host-rules.ts";

/** Elementwise primitives with one operand. */
export type UnaryName =
  "neg" | "exp" | "log" | "log1p" | "sqrt" | "tanh" | "sigmoid" | "relu" | "abs" | "sign" | "sin" | "cos" | "logicalNot";

/** Elementwise primitives with two operands of equal shape and dtype. */
export type BinaryName =
  "add" | "sub" | "mul" | "div" | "pow" | "maximum" | "minimum" | "less" | "lessEqual" | "equal" | "logicalAnd" | "logicalOr";

/** A function of plain numbers that runs on the host, in float64. */
export type HostFunction = (...numbers: number[]) => number;

/**
 * What each primitive is told besides its operands. The keys are the whole vocabulary of the graph: the rule tables for
 * shapes, derivatives and kernels are total over them, so a primitive without a rule does not compile.
 */
interface PrimitiveAttributes extends Record<UnaryName | BinaryName, object> {
  /** Elements that exist already. */
  data: object;
  /** An argument of the function being traced. */
  input: object;
  /** A number argument of the function being traced: lives on the host. */
  hostInput: object;
  /** A number that is known while tracing: lives on the host. */
  hostConstant: { readonly value: number };
  /** A plain JavaScript function of host scalars. */
  hostCall: { readonly call: HostFunction };
  /** Hands a host scalar to the kernels. */
  fromHost: { readonly dtype: DType };
  /** A literal: every element has the value. */
  constant: { readonly value: number; readonly dtype: DType; readonly shape: Shape };
  /** The index along one axis. */
  iota: { readonly shape: Shape; readonly axis: number; readonly dtype: DType };
  /** Uniform numbers in [0, 1) from counters 0, 1, … and a key (two i32 operands); `stream` tells draws of one key apart. */
  random: { readonly shape: Shape; readonly dtype: DType; readonly stream: number };
  where: object;
  cast: { readonly dtype: DType };
  /** The variable that a derivative is taken of: the same value under a new identity. */
  variable: object;
  stopGradient: object;
  reshape: { readonly shape: Shape };
  transpose: { readonly permutation: readonly number[] };
  broadcast: { readonly shape: Shape };
  /** The elements start … start + length − 1 along one axis. */
  slice: { readonly axis: number; readonly start: number; readonly length: number };
  /** Operands one after another along one axis. */
  concatenate: { readonly axis: number };
  /** An operand of a concatenation on its way into the result: only plans contain it. The `pieces` tell concatenations apart. */
  place: { readonly shape: Shape; readonly axis: number; readonly start: number; readonly pieces: readonly number[] };
  /** Reductions keep the reduced axes with length 1. */
  sum: { readonly axes: readonly number[] };
  max: { readonly axes: readonly number[] };
  matmul: object;
}

export type PrimitiveName = keyof PrimitiveAttributes;

/** One primitive with its attributes. */
export type OperationOf<P extends PrimitiveName> = { readonly name: P } & Readonly<PrimitiveAttributes[P]>;

/** Any primitive with its attributes. */
export type Operation = { [P in PrimitiveName]: OperationOf<P> }[PrimitiveName];

/** The elementwise primitives: one output element depends on the same element of each operand. */
export type ElementwiseName = UnaryName | BinaryName | "where" | "cast";

export function isElementwise(operation: Operation): operation is Extract<Operation, { readonly name: ElementwiseName }> {
  return operation.name in hostRules || operation.name === "cast";
}

/** Whether a primitive's value is a host scalar. */
export function isHost(operation: Operation): boolean {
  return operation.name === "hostInput" || operation.name === "hostConstant" || operation.name === "hostCall";
}

const none: readonly number[] = [];

/** The numbers, beside shape and dtype of its result, that tell operations of one name apart; literals and host functions aside. */
export function attributesOf(operation: Operation): readonly number[] {
  switch (operation.name) {
    case "iota":
    case "concatenate":
      return [operation.axis];
    case "random":
      return [operation.stream];
    case "transpose":
      return operation.permutation;
    case "slice":
      return [operation.axis, operation.start];
    case "place":
      return [operation.axis, operation.start, ...operation.shape, ...operation.pieces];
    case "sum":
    case "max":
      return operation.axes;
    default:
      return none;
  }
}
