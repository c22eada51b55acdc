/**
 * The WebAssembly instructions that the generators use, grouped by the kind of immediate that follows the opcode.
 *
 * A value below 0x100 is a one-byte opcode. A larger value is a prefix byte followed by three hexadecimal digits of sub-opcode,
 * so that `0xfd0e4` reads as "prefix fd, sub-opcode e4" (written as LEB128).
 *
 * @see WebAssembly core specification 3.0, "Binary format: instructions"
 */
import type { FloatLanes } from "./types.ts";

type Numbered<Prefix extends string, Name extends string> = Readonly<Record<`${Prefix}.${Name}`, number>>;

/** Instructions of one prefix whose opcodes stand at fixed distances from a first one. */
function numbered<Prefix extends string, Name extends string>(prefix: Prefix, first: number, distances: Readonly<Record<Name, number>>): Numbered<Prefix, Name> {
  const entries = Object.entries<number>(distances).map(([name, distance]) => [`${prefix}.${name}`, first + distance]);
  // The keys are made from the names.
  return Object.fromEntries(entries) as Numbered<Prefix, Name>;
}

const comparisons = { eq: 0, ne: 1, lt: 2, gt: 3, le: 4, ge: 5 };
const floatArithmetic = { abs: 0, neg: 1, sqrt: 3, add: 4, sub: 5, mul: 6, div: 7, min: 8, max: 9, pmin: 10, pmax: 11 };
const integerArithmetic = { shl: 11, shr_s: 12, shr_u: 13, add: 14, sub: 17 };
const fusedArithmetic = { relaxed_madd: 0, relaxed_nmadd: 1 };

/** Instructions without an immediate. */
const plain = {
  "select": 0x1b,

  "i32.eq": 0x46, "i32.ne": 0x47, "i32.lt_s": 0x48, "i32.gt_s": 0x4a, "i32.add": 0x6a, "i32.sub": 0x6b, "i32.mul": 0x6c,
  "i32.and": 0x71, "f32.demote_f64": 0xb6, "f64.promote_f32": 0xbb,

  "v128.not": 0xfd04d, "v128.and": 0xfd04e, "v128.andnot": 0xfd04f, "v128.or": 0xfd050, "v128.xor": 0xfd051, "v128.bitselect": 0xfd052,
  "v128.any_true": 0xfd053,

  "i32x4.splat": 0xfd011, "i32x4.eq": 0xfd037, "i32x4.lt_s": 0xfd039, "i32x4.gt_s": 0xfd03b, "i32x4.le_s": 0xfd03d,
  "i32x4.abs": 0xfd0a0, "i32x4.neg": 0xfd0a1, "i32x4.mul": 0xfd0b5, "i32x4.min_s": 0xfd0b6, "i32x4.max_s": 0xfd0b8,
  "i32x4.trunc_sat_f32x4_s": 0xfd0f8, "i32x4.trunc_sat_f64x2_s_zero": 0xfd0fc,

  "i64x2.splat": 0xfd012, "i64x2.extend_low_i32x4_s": 0xfd0c7, "i64x2.lt_s": 0xfd0d8, "i64x2.gt_s": 0xfd0d9,

  "f32x4.splat": 0xfd013, "f32x4.trunc": 0xfd069, "f32x4.demote_f64x2_zero": 0xfd05e, "f32x4.convert_i32x4_s": 0xfd0fa,

  "f64x2.splat": 0xfd014, "f64x2.trunc": 0xfd07a, "f64x2.promote_low_f32x4": 0xfd05f, "f64x2.convert_low_i32x4_s": 0xfd0fe,
} as const;

/** Instructions without an immediate. */
export const plainOpcodes: Readonly<Record<PlainName, number>> = {
  ...plain,
  ...numbered("i32x4", 0xfd0a0, integerArithmetic), ...numbered("i64x2", 0xfd0c0, integerArithmetic),
  ...numbered("f32x4", 0xfd041, comparisons), ...numbered("f64x2", 0xfd047, comparisons),
  ...numbered("f32x4", 0xfd0e0, floatArithmetic), ...numbered("f64x2", 0xfd0ec, floatArithmetic),
};

/** Relaxed SIMD instructions (no immediate); valid only where {@link Features.relaxedSimd} is true. */
export const relaxedOpcodes: Readonly<Record<RelaxedName, number>> = {
  ...numbered("f32x4", 0xfd105, fusedArithmetic), ...numbered("f64x2", 0xfd107, fusedArithmetic),
  "i32x4.relaxed_laneselect": 0xfd10b, "i64x2.relaxed_laneselect": 0xfd10c,
};

/** Instructions followed by a lane index. */
export const laneOpcodes = {
  "i32x4.extract_lane": 0xfd01b, "i32x4.replace_lane": 0xfd01c,
  "f32x4.extract_lane": 0xfd01f, "f32x4.replace_lane": 0xfd020, "f64x2.extract_lane": 0xfd021, "f64x2.replace_lane": 0xfd022,
} as const;

/** Loads: the address is on the stack; alignment and offset follow the opcode. */
export const loadOpcodes = {
  "i32.load": 0x28,

  "v128.load": 0xfd000, "v128.load32_splat": 0xfd009, "v128.load64_splat": 0xfd00a,
  "v128.load32_zero": 0xfd05c, "v128.load64_zero": 0xfd05d,
} as const;

/** Loads of one lane: address and vector are on the stack; alignment, offset and lane follow the opcode. */
export const loadLaneOpcodes = { "v128.load32_lane": 0xfd056, "v128.load64_lane": 0xfd057 } as const;

/** Stores of one lane: address and vector are on the stack; alignment, offset and lane follow the opcode. */
export const storeLaneOpcodes = { "v128.store32_lane": 0xfd05a, "v128.store64_lane": 0xfd05b } as const;

type PlainName =
  | keyof typeof plain | `${FloatLanes}.${keyof typeof comparisons | keyof typeof floatArithmetic}` | `${"i32x4" | "i64x2"}.${keyof typeof integerArithmetic}`;
type RelaxedName = `${FloatLanes}.${keyof typeof fusedArithmetic}` | `${"i32x4" | "i64x2"}.relaxed_laneselect`;
/** The name of an instruction without an immediate. */
export type OpName = PlainName | RelaxedName;
/** The name of an instruction that takes a lane index. */
export type LaneOpName = keyof typeof laneOpcodes;
/** The name of a load. */
export type LoadName = keyof typeof loadOpcodes;
/** The name of a load into one lane. */
export type LoadLaneName = keyof typeof loadLaneOpcodes;
/** The name of a store of one lane. */
export type StoreLaneName = keyof typeof storeLaneOpcodes;

/** All instructions without an immediate, relaxed or not, by name. */
export const operationOpcodes: Readonly<Record<OpName, number>> = { ...plainOpcodes, ...relaxedOpcodes };

/** The alignment of every memory access as log2 of bytes, a hint: nothing promises more than that of an element. */
export const alignment = 2;
