import type { FunctionWriter } from "../function-writer.ts";
import type { Local } from "../types.ts";

/**
 * Stores the first elements of a vector and touches nothing behind them.
 *
 * @param address - writes the address
 * @param offset - static offset
 * @param elementBytes - 4 or 8
 * @param count - elements to store, 1 to 16/elementBytes
 */
export function storeElements(
  w: FunctionWriter, address: () => void, offset: number, value: Local, elementBytes: 4 | 8, count: number,
): void {
  let done = 0;
  const bytes = count * elementBytes;
  const push = (): void => {
    address();
    w.get(value);
  };
  if (bytes === 16) {
    push();
    w.store("v128.store", offset);
    return;
  }
  if (bytes >= 8) {
    push();
    w.storeLane("v128.store64_lane", offset, 0);
    done = 8;
  }
  if (bytes - done === 4) {
    push();
    w.storeLane("v128.store32_lane", offset + done, done / 4);
  }
}
