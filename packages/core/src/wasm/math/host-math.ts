import type { Local } from "../types.ts";
import type { VectorCode } from "./vector-code.ts";

/** The functions of the host that generated code may fall back to. */
export type HostFunction = "sin" | "cos" | "pow";

/** Name of the import module that holds the host's functions. */
export const hostMathModule = "math";

/** What to give as the import module {@link hostMathModule} when a generated module is instantiated. */
export const hostMathImports: Readonly<Record<HostFunction, (first: number, second: number) => number>> = {
  sin: Math.sin,
  cos: Math.cos,
  pow: Math.pow,
};

/** Applies a function of the host to every lane: slow, for rare cases and for functions without vector code. */
export function applyHost(v: VectorCode, name: HostFunction, operands: readonly Local[]): Local {
  const { w, format } = v;
  const target = w.importFunction(hostMathModule, name, { parameters: operands.map(() => "f64"), results: ["f64"] });
  const result = w.local("v128");
  for (let lane = 0; lane < format.laneCount; lane += 1) {
    w.get(result);
    for (const operand of operands) {
      w.get(operand);
      w.lane(`${format.lanes}.extract_lane`, lane);
      if (format.scalar === "f32") w.op("f64.promote_f32");
    }
    w.call(target);
    if (format.scalar === "f32") w.op("f32.demote_f64");
    w.lane(`${format.lanes}.replace_lane`, lane);
    w.set(result);
  }
  return result;
}
