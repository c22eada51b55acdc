import { argMax, broadcastTo, cast, concatenate, equal, exp, fromArray, full, grad, iota, less, logicalAnd, matmul, max, mean, OptError, reshape, scalar, slice, sum, tensor, transpose, where, zeros } from "@opt/core";
import type { Tensor } from "@opt/core";
import { describe, expect, it } from "vitest";

function messageOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (error instanceof OptError) return `${error.code}: ${error.message}`;
    throw error;
  }
  return "no error";
}

const matrix = zeros([2, 3]);
const whole = iota([3], 0);
const predicate = less(whole, 1);

/** What each mistake is told. */
const mistakes: Readonly<Record<string, () => unknown>> = {
  "ragged rows": () => tensor([[1, 2], [3]]),
  "rows of different depth": () => tensor([[1, 2], 3] as never),
  "a string as element": () => tensor(["1"] as never),
  "a fraction in i32": () => tensor([0.5], { dtype: "i32" }),
  "a shape that holds something else": () => tensor([1, 2, 3], { shape: [2] }),
  "a negative length": () => full([-1], 0),
  "a shape that is no list": () => zeros(3 as never),
  "an array of the wrong size": () => fromArray(new Float32Array(5), [2, 3]),
  "iota along no axis": () => iota([2], 1),
  "shapes that do not broadcast": () => matrix.add(zeros([2])),
  "different dtypes": () => zeros([3]).add(whole),
  "a fraction beside i32": () => whole.mul(0.5),
  "division of i32": () => whole.div(2),
  "exp of i32": () => exp(whole),
  "a predicate in arithmetic": () => predicate.add(predicate),
  "a number beside a predicate": () => predicate.mul(2),
  "numbers as predicates": () => logicalAnd(whole, whole),
  "numbers as condition": () => where(whole, 1, 2),
  "no tensor as condition": () => where(true as never, 1, 2),
  "a condition of another shape": () => where(predicate, zeros([2]), zeros([2])),
  "an operand that is no tensor": () => matrix.add("1" as never),
  "vectors in matmul": () => matmul(zeros([3]), matrix),
  "matmul of unlike lengths": () => matmul(matrix, matrix),
  "matmul of unlike dtypes": () => matmul(matrix, zeros([3, 2], { dtype: "f64" })),
  "matmul of i32": () => matmul(zeros([2, 2], { dtype: "i32" }), zeros([2, 2], { dtype: "i32" })),
  "an axis that does not exist": () => sum(matrix, 2),
  "an axis named twice": () => sum(matrix, [0, -2]),
  "max of nothing": () => max(zeros([0])),
  "mean of nothing": () => mean(zeros([0])),
  "argMax along no axis": () => argMax(matrix, 5),
  "reshape to another size": () => reshape(matrix, [4]),
  "reshape with an unknown length that does not work out": () => reshape(matrix, [4, -1]),
  "reshape with two unknown lengths": () => reshape(matrix, [-1, -1]),
  "transpose without all axes": () => transpose(matrix, [0]),
  "broadcast to a narrower shape": () => broadcastTo(matrix, [3]),
  "a slice past the end": () => slice(matrix, 0, 1, 5),
  "concatenation of nothing": () => concatenate([], 0),
  "concatenation of unlike shapes": () => concatenate([matrix, zeros([2])], 0),
  "item of several elements": () => matrix.item(),
  "plain arithmetic on a tensor": () => Number(matrix) + 1,
  "scalar of a tensor": () => scalar((x) => x, matrix),
  "gradient by i32": () => grad((x: Tensor) => cast(x, "f32").sum())(whole),
  "gradient by a number": () => grad((x: { rate: Tensor }) => x.rate.sum())({ rate: 3 as never }),
  "gradient of several numbers": () => grad((x: Tensor) => x.mul(2))(matrix),
  "gradient of a plain number": () => grad(() => 3 as never)(matrix),
  "gradient of a predicate": () => grad((x: Tensor) => equal(x, 0).reshape([]))(zeros([1])),
};

describe("mistakes are told where, what and what instead", () => {
  it("has a message for each", () => {
    expect(Object.fromEntries(Object.entries(mistakes).map(([name, run]) => [name, messageOf(run)]))).toMatchInlineSnapshot(`
      {
        "a condition of another shape": "shape: where: the predicate [3] and the choices [2] do not broadcast.",
        "a fraction beside i32": "dtype: mul: an i32 tensor cannot meet the number 0.5. Use cast(tensor, "f32") first.",
        "a fraction in i32": "dtype: tensor(data, { dtype: "i32" }): element 0 is 0.5, which is not a 32-bit integer.",
        "a negative length": "shape: full: a shape is a list of whole numbers ≥ 0; got [-1].",
        "a number beside a predicate": "dtype: mul: a predicate cannot meet the number 2. Use cast(predicate, "f32") first.",
        "a predicate in arithmetic": "dtype: add: needs numbers, not a predicate; got bool[3]. Convert it with cast(tensor, dtype).",
        "a shape that holds something else": "shape: tensor({ shape: [2] }): holds 2 elements; got 3.",
        "a shape that is no list": "shape: full: a shape is a list of whole numbers ≥ 0; got 3.",
        "a slice past the end": "shape: slice: elements 1 to 5 of axis 0 do not exist in f32[2, 3].",
        "a string as element": "dtype: tensor(data): elements are numbers; got "1".",
        "an array of the wrong size": "shape: tensor({ shape: [2, 3] }): holds 6 elements; got 5.",
        "an axis named twice": "shape: sum: axes [0, -2] name an axis twice.",
        "an axis that does not exist": "shape: sum: axis 2 does not exist in shape [2, 3].",
        "an operand that is no tensor": "dtype: add: operands are tensors or numbers; got string.",
        "argMax along no axis": "shape: argMax: axis 5 does not exist in shape [2, 3].",
        "broadcast to a narrower shape": "shape: broadcastTo([3]): f32[2, 3] does not broadcast to it.",
        "concatenation of nothing": "shape: concatenate(tensors, axis): needs at least one tensor.",
        "concatenation of unlike shapes": "shape: concatenate: tensors may differ only along axis 0; got f32[2, 3] and f32[2].",
        "different dtypes": "dtype: add(a, b): dtypes must be equal; got a = f32[3], b = i32[3]. Convert one with cast(tensor, dtype).",
        "division of i32": "dtype: div: needs a floating-point tensor; got i32[3]. Convert it with cast(tensor, dtype).",
        "exp of i32": "dtype: exp: needs a floating-point tensor; got i32[3]. Convert it with cast(tensor, dtype).",
        "gradient by a number": "dtype: grad: rate must be a tensor to be differentiated by; got 3. Wrap it: tensor(value).",
        "gradient by i32": "dtype: grad: the parameter must be f32 or f64 to be differentiated by; got i32.",
        "gradient of a plain number": "tree: grad: the function must return a rank-0 tensor; got 3.",
        "gradient of a predicate": "dtype: grad: the function must return a floating-point tensor; got Tensor(bool[]).",
        "gradient of several numbers": "shape: grad: the function must return a single number; got shape [2, 3]. Take its mean() or sum().",
        "iota along no axis": "shape: iota: axis 1 does not exist in shape [2].",
        "item of several elements": "shape: item(): needs one element; got shape [2, 3]. Use readSync().",
        "matmul of i32": "dtype: matmul: needs a floating-point tensor; got i32[2, 2]. Convert it with cast(tensor, dtype).",
        "matmul of unlike dtypes": "dtype: matmul(a, b): dtypes must be equal; got a = f32[2, 3], b = f64[3, 2]. Convert one with cast(tensor, dtype).",
        "matmul of unlike lengths": "shape: matmul(a, b): a's columns must equal b's rows; got a = f32[2, 3], b = f32[2, 3].",
        "max of nothing": "shape: max: the largest of no elements does not exist; got f32[0].",
        "mean of nothing": "shape: mean: the mean of no elements does not exist; got shape [0].",
        "no tensor as condition": "dtype: where(condition, a, b): the condition is a predicate tensor, such as less(x, 0).",
        "numbers as condition": "dtype: where: needs a predicate (the result of a comparison); got i32[3]. Convert it with cast(tensor, dtype).",
        "numbers as predicates": "dtype: logicalAnd: needs a predicate (the result of a comparison); got i32[3]. Convert it with cast(tensor, dtype).",
        "plain arithmetic on a tensor": "trace: Tensor(f32[2, 3]) is not a plain number: use tensor operations, item(), or scalar(fn, …) for host scalars in a traced function.",
        "ragged rows": "shape: tensor(data): rows have different lengths; expected shape [2, 2].",
        "reshape to another size": "shape: reshape([4]): needs 4 elements; got f32[2, 3] with 6.",
        "reshape with an unknown length that does not work out": "shape: reshape([4, -1]): −1 cannot be worked out for 6 elements.",
        "reshape with two unknown lengths": "shape: reshape([-1, -1]): only one length may be −1.",
        "rows of different depth": "shape: tensor(data): rows have different depths; expected shape [2, 2].",
        "scalar of a tensor": "trace: scalar: Tensor(f32[2, 3]) is known only once the kernels have run; use tensor operations on it, or pass it in as a number.",
        "shapes that do not broadcast": "shape: add([2, 3], [2]): shapes do not broadcast. Aligned from the right, each pair of lengths must be equal or one of them 1; insert axes with reshape.",
        "transpose without all axes": "shape: transpose([0]): must name every axis of f32[2, 3] once.",
        "vectors in matmul": "shape: matmul(a, b): needs two matrices; got a = f32[3], b = f32[2, 3]. Reshape them to rank 2.",
      }
    `);
  });
});
