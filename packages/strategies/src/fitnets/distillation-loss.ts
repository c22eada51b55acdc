import type { Tensor } from "@opt/core";
import { checkNumber, checkOptions, exp, fail, logSumExp, stopGradient } from "@opt/core";

/** Options of {@link distillationLoss}. */
export interface DistillationOptions {
  /** T > 0: how much both outputs are softened; 1 leaves them as they are. */
  readonly temperature: number;
  /** The share w in [0, 1] of the teacher; the labels have the rest. */
  readonly weight: number;
}

/** The loss of a student's logits [batch, classes], given the teacher's and the loss on the labels. */
export type DistillationLoss = (studentLogits: Tensor, teacherLogits: Tensor, taskLoss?: Tensor) => Tensor;

function logSoftmax(logits: Tensor): Tensor {
  return logits.sub(logSumExp(logits, 1, { keepDims: true }));
}

/**
 * Makes the loss that pulls a student's softened outputs toward the teacher's:
 * `w T² KL(softmax(t / T) ‖ softmax(s / T)) + (1 − w) L(s, y)`, the divergence summed over classes and averaged over the batch.
 *
 * T² keeps the gradient's size when the temperature changes. The divergence differs from the paper's cross-entropy by the teacher's entropy alone, so
 * gradients are the same and the least value is 0; it is PyTorch's `kl_div` with `reduction="batchmean"`. Nothing is differentiated
 * through the teacher's logits.
 *
 * @param options - Temperature T and weight w.
 * @returns The loss, a rank-0 tensor; its third argument L is needed unless w is 1.
 * @throws OptError `option` for bad options or a missing task loss, `shape` for logits that do not fit.
 *
 * @example
 * ```ts
 * import { tensor } from "@opt/core";
 * import { distillationLoss } from "@opt/strategies";
 *
 * const loss = distillationLoss({ temperature: 2, weight: 1 });
 * loss(tensor([[2, 0]]), tensor([[0, 2]])).item(); // 1.8485
 * ```
 * @see Hinton, Vinyals and Dean, "Distilling the knowledge in a neural network", 2015, section 2.
 */
export function distillationLoss(options: DistillationOptions): DistillationLoss {
  checkOptions("distillationLoss", options, ["temperature", "weight"]);
  const temperature = checkNumber("distillationLoss", "temperature", options.temperature, { above: 0 });
  const weight = checkNumber("distillationLoss", "weight", options.weight, { min: 0, max: 1 });
  return (studentLogits, teacherLogits, taskLoss) => {
    const sameShape = studentLogits.rank === 2 && teacherLogits.rank === 2 && studentLogits.shape.every((length, axis) => length === teacherLogits.shape[axis]);
    if (!sameShape) {
      fail("shape", `distillationLoss: the student's and the teacher's logits must have the same shape [batch, classes]; got [${studentLogits.shape.join(", ")}] and [${teacherLogits.shape.join(", ")}].`);
    }
    if (taskLoss === undefined && weight < 1) {
      return fail("option", `distillationLoss({ weight: ${weight} }): needs the loss on the labels as its third argument, because their share is ${1 - weight}; got none. Pass it, or use weight: 1.`);
    }
    const student = logSoftmax(studentLogits.div(temperature));
    const teacher = logSoftmax(stopGradient(teacherLogits).div(temperature));
    const softened = exp(teacher).mul(teacher.sub(student)).sum(1).mean().mul(weight * temperature ** 2);
    return taskLoss === undefined || weight === 1 ? softened : softened.add(taskLoss.mul(1 - weight));
  };
}
