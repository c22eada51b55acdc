/**
 * The WebAssembly instructions that the generators use, grouped by the kind of immediate that follows the opcode.
 *
 * A value below 0x100 is a one-byte opcode. A larger value is a prefix byte followed by three hexadecimal digits of sub-opcode,
 * so that `0xfd0e4` reads as "prefix fd, sub-opcode e4" (written as LEB128).
 *
 * @see WebAssembly core specification 3.0, "Binary format: instructions"
 */

/** Instructions without an immediate. */
export const plainOpcodes = {
  "select": 0x1b,

  "i32.eq": 0x46, "i32.ne": 0x47, "i32.lt_s": 0x48, "i32.gt_s": 0x4a, "i32.le_s": 0x4c, "i32.add": 0x6a, "i32.sub": 0x6b, "i32.mul": 0x6c,
  "i32.and": 0x71, "i32.shl": 0x74, "f32.demote_f64": 0xb6, "f64.promote_f32": 0xbb,

  "v128.not": 0xfd04d, "v128.and": 0xfd04e, "v128.andnot": 0xfd04f, "v128.or": 0xfd050, "v128.xor": 0xfd051, "v128.bitselect": 0xfd052,
  "v128.any_true": 0xfd053,

  "i32x4.splat": 0xfd011, "i32x4.eq": 0xfd037, "i32x4.ne": 0xfd038, "i32x4.lt_s": 0xfd039, "i32x4.gt_s": 0xfd03b, "i32x4.le_s": 0xfd03d,
  "i32x4.abs": 0xfd0a0, "i32x4.neg": 0xfd0a1, "i32x4.shl": 0xfd0ab, "i32x4.shr_s": 0xfd0ac, "i32x4.shr_u": 0xfd0ad, "i32x4.add": 0xfd0ae,
  "i32x4.sub": 0xfd0b1, "i32x4.mul": 0xfd0b5, "i32x4.min_s": 0xfd0b6, "i32x4.max_s": 0xfd0b8, "i32x4.trunc_sat_f32x4_s": 0xfd0f8,
  "i32x4.trunc_sat_f64x2_s_zero": 0xfd0fc,

  "i64x2.splat": 0xfd012, "i64x2.extend_low_i32x4_s": 0xfd0c7, "i64x2.shl": 0xfd0cb, "i64x2.shr_s": 0xfd0cc, "i64x2.shr_u": 0xfd0cd,
  "i64x2.add": 0xfd0ce, "i64x2.sub": 0xfd0d1, "i64x2.lt_s": 0xfd0d8, "i64x2.gt_s": 0xfd0d9,

  "f32x4.splat": 0xfd013, "f32x4.eq": 0xfd041, "f32x4.ne": 0xfd042, "f32x4.lt": 0xfd043, "f32x4.gt": 0xfd044, "f32x4.le": 0xfd045,
  "f32x4.ge": 0xfd046, "f32x4.demote_f64x2_zero": 0xfd05e, "f32x4.trunc": 0xfd069, "f32x4.abs": 0xfd0e0, "f32x4.neg": 0xfd0e1, "f32x4.sqrt": 0xfd0e3,
  "f32x4.add": 0xfd0e4, "f32x4.sub": 0xfd0e5, "f32x4.mul": 0xfd0e6, "f32x4.div": 0xfd0e7, "f32x4.min": 0xfd0e8, "f32x4.max": 0xfd0e9,
  "f32x4.pmin": 0xfd0ea, "f32x4.pmax": 0xfd0eb, "f32x4.convert_i32x4_s": 0xfd0fa,

  "f64x2.splat": 0xfd014, "f64x2.eq": 0xfd047, "f64x2.ne": 0xfd048, "f64x2.lt": 0xfd049, "f64x2.gt": 0xfd04a, "f64x2.le": 0xfd04b,
  "f64x2.ge": 0xfd04c, "f64x2.promote_low_f32x4": 0xfd05f, "f64x2.trunc": 0xfd07a, "f64x2.abs": 0xfd0ec, "f64x2.neg": 0xfd0ed, "f64x2.sqrt": 0xfd0ef,
  "f64x2.add": 0xfd0f0, "f64x2.sub": 0xfd0f1, "f64x2.mul": 0xfd0f2, "f64x2.div": 0xfd0f3, "f64x2.min": 0xfd0f4, "f64x2.max": 0xfd0f5,
  "f64x2.pmin": 0xfd0f6, "f64x2.pmax": 0xfd0f7, "f64x2.convert_low_i32x4_s": 0xfd0fe,
} as const;

/** Relaxed SIMD instructions (no immediate); valid only where {@link Features.relaxedSimd} is true. */
export const relaxedOpcodes = {
  "f32x4.relaxed_madd": 0xfd105, "f32x4.relaxed_nmadd": 0xfd106, "f64x2.relaxed_madd": 0xfd107, "f64x2.relaxed_nmadd": 0xfd108,
  "i32x4.relaxed_laneselect": 0xfd10b, "i64x2.relaxed_laneselect": 0xfd10c,
} as const;

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

/** The name of an instruction without an immediate. */
export type OpName = keyof typeof plainOpcodes | keyof typeof relaxedOpcodes;
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
