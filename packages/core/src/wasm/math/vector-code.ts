import type { FunctionWriter } from "../function-writer.ts";
import type { OpName } from "../opcodes.ts";
import type { FloatLanes, Local, Operand } from "../types.ts";

/** What the binary format of the lanes looks like. */
export interface FloatFormat {
  readonly lanes: FloatLanes;
  /** Lanes of the same width that hold integers. */
  readonly integers: "i32x4" | "i64x2";
  /** Stored bits of the significand. */
  readonly mantissaBits: 23 | 52;
  readonly exponentBias: 127 | 1023;
  /** Adding and subtracting it rounds a number below 2^22 (2^51) in size to an integer. */
  readonly roundingNumber: number;
  /** The smallest normal number. */
  readonly smallestNormal: number;
}

/** Binary formats of the two vector shapes. */
const floatFormats: Readonly<Record<FloatLanes, FloatFormat>> = {
  f32x4: {
    lanes: "f32x4", integers: "i32x4", mantissaBits: 23, exponentBias: 127,
    roundingNumber: 1.5 * 2 ** 23, smallestNormal: 2 ** -126,
  },
  f64x2: {
    lanes: "f64x2", integers: "i64x2", mantissaBits: 52, exponentBias: 1023,
    roundingNumber: 1.5 * 2 ** 52, smallestNormal: 2 ** -1022,
  },
};

type FloatOperation = "add" | "sub" | "mul" | "div" | "pmin" | "pmax" | "eq" | "ne" | "lt" | "gt" | "le" | "ge";
type FloatUnary = "abs" | "neg" | "sqrt" | "trunc";
type BitOperation = "and" | "or" | "xor" | "andnot";
type Shift = "shl" | "shr_s" | "shr_u";

/**
 * Writes vector arithmetic as named values: every operation computes into a fresh local and returns it.
 *
 * The engine turns locals into registers, so that the extra sets and gets cost nothing in optimized code.
 */
export class VectorCode {
  readonly w: FunctionWriter;
  readonly format: FloatFormat;

  constructor(w: FunctionWriter, lanes: FloatLanes) {
    this.w = w;
    this.format = floatFormats[lanes];
  }

  /** A floating-point number in all lanes. */
  number(value: number): Local {
    return this.w.splatConstant(this.format.lanes, value);
  }

  /** An integer in all lanes, as wide as the floating-point lanes. */
  integer(value: number): Local {
    return this.w.splatConstant(this.format.integers, value);
  }

  /** a op b, or op a, on floating-point lanes; comparisons give masks. */
  float(operation: FloatUnary, a: Local): Local;
  float(operation: FloatOperation, a: Local, b: Local): Local;
  float(operation: FloatUnary | FloatOperation, a: Local, b?: Local): Local {
    return this.#operation(`${this.format.lanes}.${operation}`, a, b);
  }

  /** a op b on the bits. */
  bits(operation: BitOperation, a: Local, b: Local): Local {
    return this.#operation(`v128.${operation}`, a, b);
  }

  /** a + b, a - b or a comparison on integer lanes; or a shifted by a fixed number of bits. */
  integers(operation: "add" | "sub" | "lt_s" | "gt_s", a: Local, b: Local): Local;
  integers(operation: Shift, a: Local, bits: number): Local;
  integers(operation: "add" | "sub" | "lt_s" | "gt_s" | Shift, a: Local, b: Local | number): Local {
    return this.#operation(`${this.format.integers}.${operation}`, a, b);
  }

  /** a·b + c, fused if possible. */
  multiplyAdd(a: Local, b: Local, c: Local): Local {
    this.w.multiplyAdd(this.format.lanes, a, b, c);
    return this.keep();
  }

  /** c - a·b, fused if possible. */
  negativeMultiplyAdd(a: Local, b: Local, c: Local): Local {
    this.w.negativeMultiplyAdd(this.format.lanes, a, b, c);
    return this.keep();
  }

  /** Lanes of `whenTrue` where the mask is set, of `whenFalse` elsewhere. */
  select(mask: Local, whenTrue: Local, whenFalse: Local): Local {
    this.w.selectLanes(this.format.lanes, mask, whenTrue, whenFalse);
    return this.keep();
  }

  /** The polynomial with these coefficients, lowest power first, by Horner's rule. */
  polynomial(x: Local, coefficients: readonly number[]): Local {
    let sum: Local | undefined;
    for (const coefficient of [...coefficients].reverse()) {
      const constant = this.number(coefficient);
      sum = sum === undefined ? constant : this.multiplyAdd(sum, x, constant);
    }
    return sum ?? this.number(0);
  }

  /**
   * The same polynomial as pairs of terms, by Horner's rule in x²: as many operations where x² is at hand, of which only half have
   * to wait for each other.
   */
  pairedPolynomial(x: Local, square: Local, coefficients: readonly number[]): Local {
    let sum: Local | undefined;
    for (let index = coefficients.length - 1 - ((coefficients.length - 1) % 2); index >= 0; index -= 2) {
      const pair = this.polynomial(x, coefficients.slice(index, index + 2));
      sum = sum === undefined ? pair : this.multiplyAdd(sum, square, pair);
    }
    return sum ?? this.number(0);
  }

  /** Runs code only if a lane of the mask is set; for rare cases, since it jumps. */
  whenAny(mask: Local, write: () => void): void {
    this.w.op("v128.any_true", mask);
    this.w.if(write);
  }

  /** Sets `target` to the value of `source`. */
  assign(target: Local, source: Local): void {
    this.w.set(target, source);
  }

  /** Takes the vector on top of the stack into a fresh local. */
  keep(): Local {
    return this.w.keep();
  }

  #operation(name: OpName, first: Operand, second?: Operand): Local {
    this.w.op(name, first, second);
    return this.keep();
  }
}
