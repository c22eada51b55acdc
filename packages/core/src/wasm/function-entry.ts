import { ByteBuffer } from "./byte-buffer.ts";
import { valueTypeCodes, type FunctionReference, type ValueType } from "./types.ts";

/** A place in the emitted bytes where the index of a function is still missing. */
export interface CallSite {
  readonly at: number;
  readonly target: FunctionReference;
}

/** Writes the indices of the called functions into the places left for them. */
export function patchCalls(buffer: ByteBuffer, calls: readonly CallSite[], indexOf: (target: FunctionReference) => number): void {
  for (const call of calls) buffer.patchUnsigned5(call.at, indexOf(call.target));
}

/** Puts the declarations of the locals, the parts of the code and the final `end` together: an entry of the code section. */
export function functionEntry(localTypes: readonly ValueType[], parts: readonly ByteBuffer[]): ByteBuffer {
  const entry = new ByteBuffer(parts.reduce((sum, part) => sum + part.length, 64));
  const runs = runsOf(localTypes);
  entry.unsigned(runs.length);
  for (const run of runs) {
    entry.unsigned(run.count);
    entry.byte(valueTypeCodes[run.type]);
  }
  for (const part of parts) entry.bytes(part.view());
  entry.byte(0x0b);
  return entry;
}

function runsOf(types: readonly ValueType[]): readonly { readonly type: ValueType; readonly count: number }[] {
  const runs: { type: ValueType; count: number }[] = [];
  for (const type of types) {
    const last = runs.at(-1);
    if (last?.type === type) last.count += 1;
    else runs.push({ type, count: 1 });
  }
  return runs;
}
