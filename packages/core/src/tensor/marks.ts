import type { Tensor } from "./tensor.ts";

let marks = 0;

/**
 * A number that no walk over tensors and no call had before. What is visited notes the number in its field `walk` or `stamp`: to ask
 * whether it has been visited is a comparison then, several times as fast as a look-up in a set.
 */
export function nextMark(): number {
  return ++marks;
}

/**
 * Visits tensors and all that they are made of, operands first; a loop instead of recursion, since graphs may be deep.
 *
 * @param tensors - Where to begin.
 * @param mark - The walk's mark: tensors that have it count as visited, others get it.
 * @param visit - Called once with each tensor that was not visited before.
 */
export function visitOperandsFirst(tensors: readonly Tensor[], mark: number, visit: (tensor: Tensor) => void): void {
  const pending = tensors.toReversed();
  for (let current = pending.at(-1); current !== undefined; current = pending.at(-1)) {
    const before = pending.length;
    if (current.walk !== mark && current.storage === undefined) {
      for (let position = 0; position < current.inputs.length; position++) {
        const input = current.inputs[position];
        if (input !== undefined && input.walk !== mark) pending.push(input);
      }
      if (pending.length > before) continue;
    }
    pending.pop();
    if (current.walk === mark) continue;
    visit(current);
    current.walk = mark;
  }
}
