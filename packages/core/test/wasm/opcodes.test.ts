import { describe, expect, it } from "vitest";
import type { FunctionWriter } from "../../src/wasm/function-writer.ts";
import { ModuleWriter } from "../../src/wasm/module-writer.ts";
import {
  laneOpcodes, loadLaneOpcodes, loadOpcodes, plainOpcodes, relaxedOpcodes, storeLaneOpcodes,
  type LaneOpName, type LoadLaneName, type LoadName, type OpName, type StoreLaneName,
} from "../../src/wasm/opcodes.ts";
import type { Signature, ValueType } from "../../src/wasm/types.ts";
import { keysOf } from "./support.ts";

/** Whether a module holding one function with this body is valid. */
function validates(signature: Signature, write: (w: FunctionWriter) => void): boolean {
  const writer = new ModuleWriter();
  writer.importMemory("env", "memory", { min: 1 });
  writer.addFunction("f", signature, (w) => {
    for (const parameter of w.parameters) w.get(parameter);
    write(w);
  });
  return WebAssembly.validate(writer.toBytes());
}

const scalarOf: Readonly<Record<string, ValueType>> = { i8x16: "i32", i16x8: "i32", i32x4: "i32", i64x2: "i64", f32x4: "f32", f64x2: "f64" };
const comparisons = /^(eq|ne|lt|gt|le|ge)(_[su])?$/;
const unaryNames = /^(clz|ctz|popcnt|abs|neg|sqrt|ceil|floor|trunc|nearest)$/;

/** The stack effect of an instruction, read from its name as the specification builds names. */
function signatureOf(name: OpName): Signature {
  const [prefix = "", operation = ""] = name.split(".");
  const vector = prefix.includes("x") || prefix === "v128";
  const own: ValueType = vector ? "v128" : prefix as ValueType;
  const conversion = /_(i32|i64|f32|f64)(_[su])?$/.exec(operation);
  if (operation.endsWith("splat")) return { parameters: [scalarOf[prefix] ?? "i32"], results: ["v128"] };
  if (operation.endsWith("true") || operation === "bitmask") return { parameters: ["v128"], results: ["i32"] };
  if (operation === "bitselect" || operation.startsWith("relaxed_")) return { parameters: ["v128", "v128", "v128"], results: ["v128"] };
  if (vector && /^sh[lr]/.test(operation)) return { parameters: ["v128", "i32"], results: ["v128"] };
  if (vector && (unaryNames.test(operation) || /not$|extend|demote|promote|convert|trunc_sat/.test(operation)) && operation !== "andnot") {
    return { parameters: ["v128"], results: ["v128"] };
  }
  if (!vector && operation === "eqz") return { parameters: [own], results: ["i32"] };
  if (!vector && comparisons.test(operation)) return { parameters: [own, own], results: ["i32"] };
  if (!vector && conversion) return { parameters: [conversion[1] as ValueType], results: [own] };
  if (unaryNames.test(operation)) return { parameters: [own], results: [own] };
  return { parameters: [own, own], results: [own] };
}

const special: Readonly<Record<string, Signature>> = {
  select: { parameters: ["f64", "f64", "i32"], results: ["f64"] },
};

describe("every opcode has the stack effect of its name", () => {
  it.each(keysOf(plainOpcodes))("%s", (name) => {
    expect(validates(special[name] ?? signatureOf(name), (w) => { w.op(name); })).toBe(true);
  });

  it.runIf(new ModuleWriter().features.relaxedSimd).each(keysOf(relaxedOpcodes))("%s", (name) => {
    expect(validates(signatureOf(name), (w) => { w.op(name); })).toBe(true);
  });

  it.each(keysOf(laneOpcodes))("%s", (name: LaneOpName) => {
    const scalar = scalarOf[name.slice(0, 5)] ?? "i32";
    const signature: Signature = name.endsWith("extract_lane")
      ? { parameters: ["v128"], results: [scalar] }
      : { parameters: ["v128", scalar], results: ["v128"] };
    expect(validates(signature, (w) => { w.lane(name, 1); })).toBe(true);
  });

  it.each(keysOf(loadOpcodes))("%s", (name: LoadName) => {
    const result = name.slice(0, name.indexOf(".")) as ValueType;
    expect(validates({ parameters: ["i32"], results: [result] }, (w) => { w.load(name, 1000); })).toBe(true);
  });

  it("v128.store", () => {
    expect(validates({ parameters: ["i32", "v128"], results: [] }, (w) => { w.store(1000); })).toBe(true);
  });

  it.each(keysOf(loadLaneOpcodes))("%s", (name: LoadLaneName) => {
    expect(validates({ parameters: [], results: ["v128"] }, (w) => { w.loadLane(name, 4, 1, 0, w.splatConstant("i32x4", 0)); })).toBe(true);
  });

  it.each(keysOf(storeLaneOpcodes))("%s", (name: StoreLaneName) => {
    expect(validates({ parameters: [], results: [] }, (w) => { w.storeLane(name, 4, 1, 0, w.splatConstant("i32x4", 0)); })).toBe(true);
  });
});

function isInstruction(name: string): name is OpName {
  return name in plainOpcodes;
}

type Binary = (a: number, b: number) => number;
const round = Math.fround;
const truth = (value: boolean): number => (value ? 1 : 0);

/** What scalar instructions compute, in JavaScript. */
const scalarMeanings: Readonly<Record<string, Binary>> = {
  "i32.add": (a, b) => (a + b) | 0, "i32.sub": (a, b) => (a - b) | 0, "i32.mul": (a, b) => Math.imul(a, b), "i32.div_s": (a, b) => (a / b) | 0,
  "i32.div_u": (a, b) => ((a >>> 0) / (b >>> 0)) | 0, "i32.rem_s": (a, b) => a % b | 0, "i32.rem_u": (a, b) => ((a >>> 0) % (b >>> 0)) | 0,
  "i32.and": (a, b) => a & b, "i32.or": (a, b) => a | b, "i32.xor": (a, b) => a ^ b, "i32.shl": (a, b) => a << b, "i32.shr_s": (a, b) => a >> b,
  "i32.shr_u": (a, b) => (a >>> b) | 0, "i32.rotl": (a, b) => (a << b) | (a >>> (32 - b)), "i32.rotr": (a, b) => (a >>> b) | (a << (32 - b)),
  "i32.eq": (a, b) => truth(a === b), "i32.ne": (a, b) => truth(a !== b), "i32.lt_s": (a, b) => truth(a < b), "i32.gt_s": (a, b) => truth(a > b),
  "i32.le_s": (a, b) => truth(a <= b), "i32.ge_s": (a, b) => truth(a >= b), "i32.lt_u": (a, b) => truth(a >>> 0 < b >>> 0),
  "i32.gt_u": (a, b) => truth(a >>> 0 > b >>> 0), "i32.le_u": (a, b) => truth(a >>> 0 <= b >>> 0), "i32.ge_u": (a, b) => truth(a >>> 0 >= b >>> 0),
  "f64.add": (a, b) => a + b, "f64.sub": (a, b) => a - b, "f64.mul": (a, b) => a * b, "f64.div": (a, b) => a / b, "f64.min": (a, b) => Math.min(a, b),
  "f64.max": (a, b) => Math.max(a, b), "f64.copysign": (a, b) => (b < 0 ? -Math.abs(a) : Math.abs(a)), "f64.lt": (a, b) => truth(a < b),
  "f64.gt": (a, b) => truth(a > b), "f64.le": (a, b) => truth(a <= b), "f64.ge": (a, b) => truth(a >= b), "f64.eq": (a, b) => truth(a === b),
  "f64.ne": (a, b) => truth(a !== b),
  "f32.add": (a, b) => round(a + b), "f32.sub": (a, b) => round(a - b), "f32.mul": (a, b) => round(a * b), "f32.div": (a, b) => round(a / b),
  "f32.min": (a, b) => Math.min(a, b), "f32.max": (a, b) => Math.max(a, b), "f32.copysign": (a, b) => (b < 0 ? -Math.abs(a) : Math.abs(a)),
  "f32.lt": (a, b) => truth(a < b), "f32.gt": (a, b) => truth(a > b), "f32.le": (a, b) => truth(a <= b), "f32.ge": (a, b) => truth(a >= b),
  "f32.eq": (a, b) => truth(a === b), "f32.ne": (a, b) => truth(a !== b),
};

const unaryMeanings: Readonly<Record<string, (a: number) => number>> = {
  "f64.abs": Math.abs, "f64.neg": (a) => -a, "f64.ceil": Math.ceil, "f64.floor": Math.floor, "f64.trunc": Math.trunc, "f64.sqrt": Math.sqrt,
  "f32.abs": Math.abs, "f32.neg": (a) => -a, "f32.ceil": Math.ceil, "f32.floor": Math.floor, "f32.trunc": Math.trunc,
  "f32.sqrt": (a) => round(Math.sqrt(a)), "i32.clz": Math.clz32, "i32.eqz": (a) => truth(a === 0),
};

const pairs: readonly (readonly [number, number])[] = [[7, 3], [-7, 3], [5, 5], [-9, -4], [1, 31], [-1, 2]];
const values = [7, -7, 2.5, -2.5, 0, 4];

function run(signature: Signature, write: (w: FunctionWriter) => void): (...args: number[]) => number {
  const writer = new ModuleWriter();
  writer.addFunction("f", signature, write);
  return new WebAssembly.Instance(new WebAssembly.Module(writer.toBytes())).exports["f"] as (...args: number[]) => number;
}

/** The scalar instruction, if the generators use it. */
function throughScalar(name: string): ((...args: number[]) => number) | undefined {
  if (!isInstruction(name)) return undefined;
  return run(signatureOf(name), (w) => {
    for (const parameter of w.parameters) w.get(parameter);
    w.op(name);
  });
}

/** The vector instruction of the same meaning, if there is one, as a function of scalars. */
function throughVector(name: string, count: number): ((...args: number[]) => number) | undefined {
  const scalar = name.slice(0, 3) as "i32" | "f32" | "f64";
  const lanes = scalar === "f64" ? "f64x2" : scalar === "f32" ? "f32x4" : "i32x4";
  const operation = name.slice(4);
  const bitwise = `v128.${operation}`;
  const vectorName = bitwise in plainOpcodes && scalar === "i32" ? bitwise : `${lanes}.${operation}`;
  if (!(vectorName in plainOpcodes)) return undefined;
  const shifts = operation.startsWith("sh");
  const comparison = comparisons.test(operation);
  const result = comparison ? "i32" : scalar;
  return run({ parameters: Array.from({ length: count }, () => scalar), results: [result] }, (w) => {
    w.parameters.forEach((parameter, index) => {
      w.get(parameter);
      if (!(shifts && index === 1)) w.op(`${lanes}.splat`);
    });
    w.op(vectorName as OpName);
    w.lane(comparison ? "i32x4.extract_lane" : `${lanes}.extract_lane`, 1);
    if (!comparison) return;
    w.i32(1);
    w.op("i32.and");
  });
}

describe("instructions compute what their names say, as scalars and as vectors", () => {
  it.each(keysOf(scalarMeanings))("%s", (name) => {
    const meaning = scalarMeanings[name];
    const scalar = throughScalar(name);
    const vector = throughVector(name, 2);
    for (const [a, b] of pairs) {
      if (scalar !== undefined) expect(scalar(a, b)).toBe(meaning?.(a, b));
      if (vector !== undefined) expect(vector(a, b)).toBe(meaning?.(a, b));
    }
  });

  it.each(keysOf(unaryMeanings))("%s", (name) => {
    const meaning = unaryMeanings[name];
    const scalar = throughScalar(name);
    const vector = throughVector(name, 1);
    for (const value of values) {
      const a = name.startsWith("i32") ? Math.trunc(value) : value;
      if (scalar !== undefined) expect(scalar(a)).toBe(meaning?.(a));
      if (vector !== undefined) expect(vector(a)).toBe(meaning?.(a));
    }
  });
});
