import type { FunctionWriter } from "./function-writer.ts";
import type { Local, Operand } from "./types.ts";

/**
 * Stores the first elements of a vector and touches nothing behind them.
 *
 * @param address - where to
 * @param offset - static offset
 * @param elementBytes - 4 or 8
 * @param count - elements to store, 1 to 16/elementBytes
 */
export function storeElements(w: FunctionWriter, address: Operand, offset: number, vector: Local, elementBytes: number, count: number): void {
  const bytes = count * elementBytes;
  if (bytes === 16) {
    w.store(offset, address, vector);
    return;
  }
  if (bytes >= 8) w.storeLane("v128.store64_lane", offset, 0, address, vector);
  if (bytes % 8 === 4) w.storeLane("v128.store32_lane", offset + bytes - 4, bytes / 4 - 1, address, vector);
}
