import { apply } from "../graph/apply.ts";
import type { OperationOf, PrimitiveName } from "../graph/primitives.ts";
import { add, div, mul, neg, pow, sub } from "../ops/arithmetic.ts";
import { cos, log, sign, sin, square } from "../ops/functions.ts";
import { matmul } from "../ops/matmul.ts";
import { reshape, transpose } from "../ops/movement.ts";
import { expand } from "../ops/operands.ts";
import { cast, equal, greater, where } from "../ops/predicates.ts";
import { sum } from "../ops/reductions.ts";
import type { DType } from "../tensor/dtype.ts";
import { isFloat } from "../tensor/dtype.ts";
import type { Tensor } from "../tensor/tensor.ts";

/** The result of one primitive, as its derivative rule sees it. */
export type ResultOf<P extends PrimitiveName> = Tensor & { readonly operation: OperationOf<P> };

/** What flows back into each operand; a missing entry is zero. The functions are called only for operands that need it. */
type OperandGradients = readonly (((gradient: Tensor) => Tensor) | undefined)[];

type DerivativeRule<P extends PrimitiveName> = (output: ResultOf<P>, ...inputs: Tensor[]) => OperandGradients;

const none = (): OperandGradients => [];

/** The gradient through the larger operand; equal operands share it. */
function through(gradient: Tensor, chosen: Tensor, other: Tensor): Tensor {
  return where(greater(chosen, other), gradient, where(equal(chosen, other), mul(gradient, 0.5), 0));
}

/** Sums a broadcast gradient back to the operand's shape. */
function unbroadcast(gradient: Tensor, operand: Tensor): Tensor {
  const lead = gradient.rank - operand.rank;
  const axes = gradient.shape.flatMap((length, axis) => (axis < lead || (operand.shape[axis - lead] === 1 && length !== 1) ? [axis] : []));
  return reshape(sum(gradient, axes), operand.shape);
}

/** Surrounds a slice's gradient with zeros up to the whole axis. */
function padAxis(gradient: Tensor, axis: number, start: number, length: number): Tensor {
  const after = length - start - (gradient.shape[axis] ?? 0);
  const zeros = (count: number): Tensor[] => (count === 0 ? [] : [full(gradient.shape.with(axis, count), 0, gradient.dtype)]);
  return apply({ name: "concatenate", axis }, [...zeros(start), gradient, ...zeros(after)]);
}

function full(shape: readonly number[], value: number, dtype: DType): Tensor {
  return apply({ name: "constant", value, dtype, shape });
}

function inverse(permutation: readonly number[]): number[] {
  const result = new Array<number>(permutation.length);
  permutation.forEach((axis, index) => {
    result[axis] = index;
  });
  return result;
}

/** Reverse-mode derivatives of every primitive, as graphs that can be differentiated again. */
export const derivativeRules: { readonly [P in PrimitiveName]: DerivativeRule<P> } = {
  data: none,
  input: none,
  hostInput: none,
  hostConstant: none,
  hostCall: none,
  fromHost: none,
  constant: none,
  iota: none,
  random: none,
  less: none,
  lessEqual: none,
  equal: none,
  logicalAnd: none,
  logicalOr: none,
  logicalNot: none,
  sign: none,
  stopGradient: none,
  neg: () => [(g) => neg(g)],
  exp: (output) => [(g) => mul(g, output)],
  log: (_, x) => [(g) => div(g, x)],
  log1p: (_, x) => [(g) => div(g, add(x, 1))],
  sqrt: (output) => [(g) => div(mul(g, 0.5), output)],
  tanh: (output) => [(g) => mul(g, sub(1, square(output)))],
  sigmoid: (output) => [(g) => mul(g, mul(output, sub(1, output)))],
  relu: (output) => [(g) => where(greater(output, 0), g, 0)],
  abs: (_, x) => [(g) => mul(g, sign(x))],
  sin: (_, x) => [(g) => mul(g, cos(x))],
  cos: (_, x) => [(g) => neg(mul(g, sin(x)))],
  add: () => [(g) => g, (g) => g],
  sub: () => [(g) => g, (g) => neg(g)],
  mul: (_, a, b) => [(g) => mul(g, b), (g) => mul(g, a)],
  div: (output, _a, b) => [(g) => div(g, b), (g) => neg(mul(div(g, b), output))],
  pow: (output, a, b) => [
    (g) => mul(g, mul(b, pow(a, sub(b, 1)))),
    // a^b has a derivative in b only for a ≥ 0; 0^b is flat.
    (g) => mul(g, where(greater(a, 0), mul(output, log(a)), 0)),
  ],
  maximum: (_, a, b) => [(g) => through(g, a, b), (g) => through(g, b, a)],
  minimum: (_, a, b) => [(g) => through(g, b, a), (g) => through(g, a, b)],
  where: (_, condition) => [undefined, (g) => where(condition, g, 0), (g) => where(condition, 0, g)],
  cast: (_, x) => (isFloat(x.dtype) ? [(g) => cast(g, x.dtype)] : []),
  variable: () => [(g) => g],
  reshape: (_, x) => [(g) => reshape(g, x.shape)],
  transpose: ({ operation }) => [(g) => transpose(g, inverse(operation.permutation))],
  broadcast: (_, x) => [(g) => unbroadcast(g, x)],
  slice: ({ operation }, x) => [(g) => padAxis(g, operation.axis, operation.start, x.shape[operation.axis] ?? 0)],
  concatenate: ({ operation: { axis } }, ...inputs) => {
    let end = 0;
    return inputs.map((input) => {
      const length = input.shape[axis] ?? 0;
      const start = end;
      end += length;
      return (g) => apply({ name: "slice", axis, start, length }, [g]);
    });
  },
  place: none,
  sum: (_, x) => [(g) => expand(g, x.shape)],
  max: (output, x) => {
    const chosen = (): Tensor => cast(equal(x, expand(output, x.shape)), x.dtype);
    const count = (indicator: Tensor): Tensor => apply({ name: "sum", axes: output.operation.axes }, [indicator]);
    return [
      (g) => {
        const indicator = chosen();
        return mul(indicator, expand(div(g, count(indicator)), x.shape));
      },
    ];
  },
  matmul: (_, a, b) => [(g) => matmul(g, transpose(b)), (g) => matmul(transpose(a), g)],
};
