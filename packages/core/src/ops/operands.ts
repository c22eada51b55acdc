import { existing, fail } from "../errors.ts";
import { apply } from "../graph/apply.ts";
import { hostRules } from "../graph/host-rules.ts";
import type { BinaryName, UnaryName } from "../graph/primitives.ts";
import type { DType } from "../tensor/dtype.ts";
import type { Shape } from "../tensor/shape.ts";
import { broadcastShapes, sameShape, showShape } from "../tensor/shape.ts";
import { noInputs, Tensor } from "../tensor/tensor.ts";
import type { TensorLike } from "../tensor/tensor.ts";

/** A literal of a dtype. */
export function literal(where: string, value: number, dtype: DType, shape: Shape = []): Tensor {
  if (typeof value !== "number") fail("dtype", `${where}: operands are tensors or numbers; got ${typeof value}.`);
  if (dtype === "bool") fail("dtype", `${where}: a predicate cannot meet the number ${String(value)}. Use cast(predicate, "f32") first.`);
  if (dtype === "i32" && !Number.isInteger(value)) {
    fail("dtype", `${where}: an i32 tensor cannot meet the number ${String(value)}. Use cast(tensor, "f32") first.`);
  }
  return new Tensor({ name: "constant", value, dtype, shape }, noInputs, shape, dtype);
}

/** A host scalar as an operand of device operations; any other tensor as it is. */
export function onDevice(tensor: Tensor, dtype: DType = "f32"): Tensor {
  return tensor.onHost ? apply({ name: "fromHost", dtype }, [tensor]) : tensor;
}

/** An operand of an operation over tensors only: numbers become f32 literals. */
export function asTensor(where: string, operand: TensorLike): Tensor {
  if (typeof operand === "number") return literal(where, operand, "f32");
  if (!(operand instanceof Tensor)) fail("dtype", `${where}: operands are tensors or numbers; got ${typeof operand}.`);
  return onDevice(operand);
}

/** The value of a literal (also behind a broadcast), or undefined for everything else. */
export function literalValue(operand: TensorLike): number | undefined {
  if (typeof operand === "number") return operand;
  // What is no tensor is reported when the operands are aligned.
  if (!(operand instanceof Tensor)) return undefined;
  const { operation, inputs } = operand;
  // Most are results of two operands, which need no search for their operation's name.
  if (inputs.length > 1) return undefined;
  if (operation.name === "constant" || operation.name === "hostConstant") return operation.value;
  const inner = inputs[0];
  return operation.name === "broadcast" && inner !== undefined ? literalValue(inner) : undefined;
}

/** Repeats a tensor along axes of length 1 and new leading axes. */
export function expand(tensor: Tensor, shape: Shape): Tensor {
  if (sameShape(tensor.shape, shape)) return tensor;
  const { operation } = tensor;
  return operation.name === "constant" && tensor.rank === 0 ? apply({ ...operation, shape }) : apply({ name: "broadcast", shape }, [tensor]);
}

/** A host scalar as an operand of host calls: numbers become constants. */
export function onHost(operand: TensorLike): Tensor {
  return typeof operand === "number" ? apply({ name: "hostConstant", value: operand }) : operand;
}

/** The primitive as a call on the host, or undefined if an operand is not a host scalar or all are plain numbers. */
export function hostCall(name: keyof typeof hostRules, operands: readonly TensorLike[]): Tensor | undefined {
  let isTraced = false;
  for (const operand of operands) {
    if (typeof operand === "number") continue;
    if (!(operand instanceof Tensor) || !operand.onHost) return undefined;
    isTraced = true;
  }
  return isTraced ? apply({ name: "hostCall", call: hostRules[name] }, operands.map(onHost)) : undefined;
}

/** The dtype that literals and host scalars take in an operation. */
function meetingDType(operands: readonly TensorLike[]): DType {
  for (const operand of operands) {
    if (operand instanceof Tensor && !operand.onHost) return operand.dtype;
  }
  return "f32";
}

function show(operand: TensorLike): string {
  if (typeof operand === "number") return String(operand);
  return `${operand.label === undefined ? "" : `${operand.label} `}${showShape(operand.shape)}`;
}

/** The shape that operands broadcast to. */
function commonShape(where: string, operands: readonly TensorLike[]): Shape {
  let shape: Shape = [];
  for (let position = 0; position < operands.length; position++) {
    const operand = operands[position];
    if (typeof operand === "number") continue;
    if (!(operand instanceof Tensor)) return fail("dtype", `${where}: operands are tensors or numbers; got ${typeof operand}.`);
    if (operand.shape === shape || operand.shape.length === 0) continue;
    const next = shape.length === 0 ? operand.shape : broadcastShapes(shape, operand.shape);
    if (next === undefined) {
      return fail(
        "shape",
        `${where}(${operands.map(show).join(", ")}): shapes do not broadcast. ` +
          "Aligned from the right, each pair of lengths must be equal or one of them 1; insert axes with reshape.",
      );
    }
    shape = next;
  }
  return shape;
}

/** Brings operands to one dtype and one shape by NumPy's broadcasting rules. */
export function align(where: string, operands: readonly TensorLike[]): Tensor[] {
  const dtype = meetingDType(operands);
  const shape = commonShape(where, operands);
  // Not `map`: its function would be made anew in each call, and every operation of an uncompiled step passes here.
  const aligned = new Array<Tensor>(operands.length);
  for (let position = 0; position < operands.length; position++) {
    const operand = existing(operands[position], "operand");
    aligned[position] = typeof operand === "number" ? literal(where, operand, dtype, shape) : expand(onDevice(operand, dtype), shape);
  }
  return aligned;
}

/** Applies an elementwise primitive: on the host when every operand is a host scalar, else on the device. */
export function elementwise(name: UnaryName | BinaryName, ...operands: readonly TensorLike[]): Tensor {
  return hostCall(name, operands) ?? apply({ name }, align(name, operands));
}
