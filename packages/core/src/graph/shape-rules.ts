import { fail } from "../errors.ts";
import type { DType } from "../tensor/dtype.ts";
import { isFloat } from "../tensor/dtype.ts";
import type { Shape } from "../tensor/shape.ts";
import { broadcastShapes, reducedShape, sameShape, showShape, sizeOf } from "../tensor/shape.ts";
import type { Tensor } from "../tensor/tensor.ts";
import type { BinaryName, OperationOf, PrimitiveName, UnaryName } from "./primitives.ts";

/** What a primitive's result looks like. */
export interface Signature {
  readonly shape: Shape;
  readonly dtype: DType;
}

/** A primitive has as many operands as it needs. */
type Operands = readonly [Tensor, Tensor, Tensor, ...Tensor[]];

type ShapeRule<P extends PrimitiveName> = (operation: OperationOf<P>, operands: Operands) => Signature;

/** Names an operand in a message: its path where it has one, its shape and dtype. */
function show(tensor: Tensor): string {
  const name = tensor.label === undefined ? "" : `${tensor.label} `;
  return `${name}${tensor.dtype}${showShape(tensor.shape)}`;
}

/** What an operand has to be. */
interface Kind {
  readonly allows: (dtype: DType) => boolean;
  readonly description: string;
}

const numbers: Kind = { allows: (dtype) => dtype !== "bool", description: "numbers, not a predicate" };
const floats: Kind = { allows: isFloat, description: "a floating-point tensor" };
const predicate: Kind = { allows: (dtype) => dtype === "bool", description: "a predicate (the result of a comparison)" };

/** Operations are objects of many forms, in which engines have to search for a name: it is read only for a message. */
interface Named {
  readonly name: string;
}

function requireKind(operation: Named, tensor: Tensor, { allows, description }: Kind): void {
  if (!allows(tensor.dtype)) fail("dtype", `${operation.name}: needs ${description}; got ${show(tensor)}. Convert it with cast(tensor, dtype).`);
}

function unary(kind: Kind): ShapeRule<UnaryName> {
  return (operation, [x]) => {
    requireKind(operation, x, kind);
    return x;
  };
}

function requireSameKind(operation: Named, a: Tensor, b: Tensor): void {
  if (!sameShape(a.shape, b.shape)) fail("shape", `${operation.name}(a, b): shapes must be equal; got a = ${show(a)}, b = ${show(b)}.`);
  if (a.dtype === b.dtype) return;
  fail("dtype", `${operation.name}(a, b): dtypes must be equal; got a = ${show(a)}, b = ${show(b)}. Convert one with cast(tensor, dtype).`);
}

function binary(kind: Kind, result?: DType): ShapeRule<BinaryName> {
  return (operation, [a, b]) => {
    requireSameKind(operation, a, b);
    requireKind(operation, a, kind);
    return result === undefined ? a : { shape: a.shape, dtype: result };
  };
}

const floatUnary = unary(floats);
const numericUnary = unary(numbers);
const numericBinary = binary(numbers);
const floatBinary = binary(floats);
const comparison = binary(numbers, "bool");
const logical = binary(predicate);

const hostScalar = (): Signature => ({ shape: [], dtype: "f64" });
const sameAsOperand = (_operation: object, [x]: Operands): Signature => x;
const asStated = (operation: Signature): Signature => operation;

function reduction(operation: OperationOf<"sum" | "max">, operands: Operands): Signature {
  const [x] = operands;
  requireKind(operation, x, numbers);
  return { shape: reducedShape(x.shape, operation.axes, true), dtype: x.dtype };
}

function concatenation(operation: OperationOf<"concatenate">, operands: readonly Tensor[]): Signature {
  const { axis } = operation;
  const [first] = operands;
  if (first === undefined) return fail("shape", "concatenate: needs at least one tensor.");
  if (axis < 0 || axis >= first.rank) fail("shape", `concatenate: axis ${String(axis)} does not exist in ${show(first)}.`);
  requireKind(operation, first, numbers);
  let length = 0;
  for (const operand of operands) {
    const fits = operand.rank === first.rank && operand.shape.every((own, index) => index === axis || own === first.shape[index]);
    if (!fits) fail("shape", `concatenate: tensors may differ only along axis ${String(axis)}; got ${show(first)} and ${show(operand)}.`);
    if (operand.dtype !== first.dtype) fail("dtype", `concatenate: dtypes must be equal; got ${show(first)} and ${show(operand)}. Convert one with cast(tensor, dtype).`);
    length += operand.shape[axis] ?? 0;
  }
  return { shape: first.shape.with(axis, length), dtype: first.dtype };
}

function unreachable(operation: Named): never {
  return fail("trace", `${operation.name}: is made with its shape given.`);
}

/** The shape and dtype of every primitive's result, and the checks of its operands. */
export const shapeRules: { readonly [P in PrimitiveName]: ShapeRule<P> } = {
  data: unreachable,
  input: unreachable,
  hostInput: hostScalar,
  hostConstant: hostScalar,
  hostCall: hostScalar,
  fromHost: (operation) => ({ shape: [], dtype: operation.dtype }),
  constant: asStated,
  iota: asStated,
  random: asStated,
  neg: numericUnary,
  exp: floatUnary,
  log: floatUnary,
  log1p: floatUnary,
  sqrt: floatUnary,
  tanh: floatUnary,
  sigmoid: floatUnary,
  relu: floatUnary,
  abs: numericUnary,
  sign: floatUnary,
  sin: floatUnary,
  cos: floatUnary,
  logicalNot: unary(predicate),
  add: numericBinary,
  sub: numericBinary,
  mul: numericBinary,
  div: floatBinary,
  pow: floatBinary,
  maximum: numericBinary,
  minimum: numericBinary,
  less: comparison,
  lessEqual: comparison,
  equal: comparison,
  logicalAnd: logical,
  logicalOr: logical,
  where: (operation, [condition, a, b]) => {
    requireKind(operation, condition, predicate);
    requireSameKind(operation, a, b);
    if (!sameShape(condition.shape, a.shape)) fail("shape", `where: predicate and choices differ: ${show(condition)}, ${show(a)}.`);
    return a;
  },
  cast: (operation, [x]) => ({ shape: x.shape, dtype: operation.dtype }),
  variable: sameAsOperand,
  stopGradient: sameAsOperand,
  reshape: (operation, [x]) => {
    if (sizeOf(operation.shape) !== x.size) {
      fail("shape", `reshape(${showShape(operation.shape)}): needs ${String(sizeOf(operation.shape))} elements; got ${show(x)} with ${String(x.size)}.`);
    }
    return { shape: operation.shape, dtype: x.dtype };
  },
  transpose: (operation, [x]) => {
    const { permutation } = operation;
    if (permutation.length !== x.rank || x.shape.some((_, axis) => !permutation.includes(axis))) {
      fail("shape", `transpose([${permutation.join(", ")}]): must name every axis of ${show(x)} once.`);
    }
    return { shape: permutation.map((axis) => x.shape[axis] ?? 1), dtype: x.dtype };
  },
  broadcast: (operation, [x]) => {
    const result = broadcastShapes(x.shape, operation.shape);
    if (result === undefined || !sameShape(result, operation.shape)) {
      fail("shape", `broadcastTo(${showShape(operation.shape)}): ${show(x)} does not broadcast to it.`);
    }
    return { shape: operation.shape, dtype: x.dtype };
  },
  slice: (operation, [x]) => {
    const { axis, start, length } = operation;
    const available = x.shape[axis];
    if (available === undefined || start < 0 || length < 0 || start + length > available) {
      fail("shape", `slice: elements ${String(start)} to ${String(start + length)} of axis ${String(axis)} do not exist in ${show(x)}.`);
    }
    return { shape: x.shape.with(axis, length), dtype: x.dtype };
  },
  concatenate: concatenation,
  place: sameAsOperand,
  sum: reduction,
  max: (operation, operands) => {
    const [x] = operands;
    if (x.size === 0) fail("shape", `max: the largest of no elements does not exist; got ${show(x)}.`);
    return reduction(operation, operands);
  },
  matmul: (operation, [a, b]) => {
    if (a.rank !== 2 || b.rank !== 2) fail("shape", `matmul(a, b): needs two matrices; got a = ${show(a)}, b = ${show(b)}. Reshape them to rank 2.`);
    if (a.shape[1] !== b.shape[0]) {
      fail("shape", `matmul(a, b): a's columns must equal b's rows; got a = ${show(a)}, b = ${show(b)}.`);
    }
    if (a.dtype !== b.dtype) fail("dtype", `matmul(a, b): dtypes must be equal; got a = ${show(a)}, b = ${show(b)}. Convert one with cast(tensor, dtype).`);
    requireKind(operation, a, floats);
    return { shape: [a.shape[0] ?? 0, b.shape[1] ?? 0], dtype: a.dtype };
  },
};
