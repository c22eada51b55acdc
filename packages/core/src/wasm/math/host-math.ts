import type { ModuleWriter } from "../module-writer.ts";
import type { Local } from "../types.ts";
import type { VectorCode } from "./vector-code.ts";

/** The functions of the host that generated code may fall back to. */
type HostFunction = "sin" | "cos" | "pow";

/** What to give as the import module {@link hostMathModule}. */
export const hostMath: Readonly<Record<HostFunction, (first: number, second: number) => number>> = { sin: Math.sin, cos: Math.cos, pow: Math.pow };

/** Name of the import module that holds the host's functions. */
export const hostMathModule = "math";

/** Imports the host's functions, which {@link applyHost} calls. */
export function importHostMath(module: ModuleWriter): void {
  for (const [name, { length }] of Object.entries(hostMath)) {
    module.importFunction(hostMathModule, name, { parameters: Array.from({ length }, () => "f64" as const), results: ["f64"] });
  }
}

/** Applies a function of the host to every lane: slow, for rare cases and for functions without vector code. */
export function applyHost(v: VectorCode, name: HostFunction, operands: readonly Local[]): Local {
  const { w, format } = v;
  const result = w.local("v128");
  const single = format.lanes === "f32x4";
  for (let lane = 0; lane < (single ? 4 : 2); lane += 1) {
    w.get(result);
    for (const operand of operands) {
      w.get(operand);
      w.lane(`${format.lanes}.extract_lane`, lane);
      if (single) w.op("f64.promote_f32");
    }
    w.callImport(name);
    if (single) w.op("f32.demote_f64");
    w.lane(`${format.lanes}.replace_lane`, lane);
    w.set(result);
  }
  return result;
}
