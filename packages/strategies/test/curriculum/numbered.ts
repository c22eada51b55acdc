import type { Tensor } from "@opt/core";
import type { Dataset } from "@opt/data";
import { dataset } from "@opt/data";

/** Examples whose input is their number, so that a batch tells which it holds. */
export function numbered(size: number): Dataset {
  return dataset({ inputs: Float32Array.from({ length: size }, (_, index) => index), inputShape: [1], targets: Int32Array.from({ length: size }, (_, index) => 10 * index) });
}

/** The numbers of the examples in each batch. */
export function numbersIn(batches: Iterable<{ readonly inputs: Tensor; readonly targets: Tensor }>): number[][] {
  return Array.from(batches, ({ inputs, targets }) => {
    const numbers = Array.from(inputs.readSync());
    if (String(Array.from(targets.readSync())) !== String(numbers.map((number) => 10 * number))) throw new Error("inputs and targets do not belong together");
    return numbers;
  });
}
