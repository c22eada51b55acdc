import type { Dialect } from "./dialect.ts";

/** The few functions that must be written for each language by itself. */
const basics: Readonly<Record<string, Readonly<Record<Dialect, string>>>> = {
  qLess: { wgsl: "B qLess(V a, V b) { return a < b; }", glsl: "B qLess(V a, V b) { return lessThan(a, b); }" },
  qLessEqual: { wgsl: "B qLessEqual(V a, V b) { return a <= b; }", glsl: "B qLessEqual(V a, V b) { return lessThanEqual(a, b); }" },
  qEqual: { wgsl: "B qEqual(V a, V b) { return a == b; }", glsl: "B qEqual(V a, V b) { return equal(a, b); }" },
  qLessInt: { wgsl: "B qLessInt(I a, I b) { return a < b; }", glsl: "B qLessInt(I a, I b) { return lessThan(a, b); }" },
  qLessEqualInt: { wgsl: "B qLessEqualInt(I a, I b) { return a <= b; }", glsl: "B qLessEqualInt(I a, I b) { return lessThanEqual(a, b); }" },
  qEqualInt: { wgsl: "B qEqualInt(I a, I b) { return a == b; }", glsl: "B qEqualInt(I a, I b) { return equal(a, b); }" },
  qGreaterUint: { wgsl: "B qGreaterUint(U a, U b) { return a > b; }", glsl: "B qGreaterUint(U a, U b) { return greaterThan(a, b); }" },
  qChoose: { wgsl: "V qChoose(B c, V a, V b) { return select(b, a, c); }", glsl: "V qChoose(B c, V a, V b) { return mix(b, a, c); }" },
  qBits: { wgsl: "U qBits(V a) { return bitcast<U>(a); }", glsl: "U qBits(V a) { return floatBitsToUint(a); }" },
  qFloat: { wgsl: "V qFloat(U a) { return bitcast<V>(a); }", glsl: "V qFloat(U a) { return uintBitsToFloat(a); }" },
};

/** A basic function's text in our notation, or undefined where there is none of the name. */
export function basicFunction(name: string, dialect: Dialect): string | undefined {
  return basics[name]?.[dialect];
}
