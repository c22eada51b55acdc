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
  "drop": 0x1a, "select": 0x1b, "return": 0x0f, "unreachable": 0x00, "nop": 0x01,

  "i32.eqz": 0x45, "i32.eq": 0x46, "i32.ne": 0x47, "i32.lt_s": 0x48, "i32.lt_u": 0x49, "i32.gt_s": 0x4a, "i32.gt_u": 0x4b,
  "i32.le_s": 0x4c, "i32.le_u": 0x4d, "i32.ge_s": 0x4e, "i32.ge_u": 0x4f,
  "i64.eqz": 0x50, "i64.eq": 0x51, "i64.ne": 0x52, "i64.lt_s": 0x53, "i64.lt_u": 0x54, "i64.gt_s": 0x55, "i64.gt_u": 0x56,
  "i64.le_s": 0x57, "i64.le_u": 0x58, "i64.ge_s": 0x59, "i64.ge_u": 0x5a,
  "f32.eq": 0x5b, "f32.ne": 0x5c, "f32.lt": 0x5d, "f32.gt": 0x5e, "f32.le": 0x5f, "f32.ge": 0x60,
  "f64.eq": 0x61, "f64.ne": 0x62, "f64.lt": 0x63, "f64.gt": 0x64, "f64.le": 0x65, "f64.ge": 0x66,

  "i32.clz": 0x67, "i32.ctz": 0x68, "i32.popcnt": 0x69, "i32.add": 0x6a, "i32.sub": 0x6b, "i32.mul": 0x6c,
  "i32.div_s": 0x6d, "i32.div_u": 0x6e, "i32.rem_s": 0x6f, "i32.rem_u": 0x70, "i32.and": 0x71, "i32.or": 0x72, "i32.xor": 0x73,
  "i32.shl": 0x74, "i32.shr_s": 0x75, "i32.shr_u": 0x76, "i32.rotl": 0x77, "i32.rotr": 0x78,
  "i64.clz": 0x79, "i64.ctz": 0x7a, "i64.popcnt": 0x7b, "i64.add": 0x7c, "i64.sub": 0x7d, "i64.mul": 0x7e,
  "i64.div_s": 0x7f, "i64.div_u": 0x80, "i64.rem_s": 0x81, "i64.rem_u": 0x82, "i64.and": 0x83, "i64.or": 0x84, "i64.xor": 0x85,
  "i64.shl": 0x86, "i64.shr_s": 0x87, "i64.shr_u": 0x88, "i64.rotl": 0x89, "i64.rotr": 0x8a,
  "f32.abs": 0x8b, "f32.neg": 0x8c, "f32.ceil": 0x8d, "f32.floor": 0x8e, "f32.trunc": 0x8f, "f32.nearest": 0x90, "f32.sqrt": 0x91,
  "f32.add": 0x92, "f32.sub": 0x93, "f32.mul": 0x94, "f32.div": 0x95, "f32.min": 0x96, "f32.max": 0x97, "f32.copysign": 0x98,
  "f64.abs": 0x99, "f64.neg": 0x9a, "f64.ceil": 0x9b, "f64.floor": 0x9c, "f64.trunc": 0x9d, "f64.nearest": 0x9e, "f64.sqrt": 0x9f,
  "f64.add": 0xa0, "f64.sub": 0xa1, "f64.mul": 0xa2, "f64.div": 0xa3, "f64.min": 0xa4, "f64.max": 0xa5, "f64.copysign": 0xa6,

  "i32.wrap_i64": 0xa7, "i64.extend_i32_s": 0xac, "i64.extend_i32_u": 0xad,
  "f32.convert_i32_s": 0xb2, "f32.convert_i32_u": 0xb3, "f32.convert_i64_s": 0xb4, "f32.convert_i64_u": 0xb5, "f32.demote_f64": 0xb6,
  "f64.convert_i32_s": 0xb7, "f64.convert_i32_u": 0xb8, "f64.convert_i64_s": 0xb9, "f64.convert_i64_u": 0xba, "f64.promote_f32": 0xbb,
  "i32.reinterpret_f32": 0xbc, "i64.reinterpret_f64": 0xbd, "f32.reinterpret_i32": 0xbe, "f64.reinterpret_i64": 0xbf,
  "i32.trunc_sat_f32_s": 0xfc000, "i32.trunc_sat_f32_u": 0xfc001, "i32.trunc_sat_f64_s": 0xfc002, "i32.trunc_sat_f64_u": 0xfc003,
  "i64.trunc_sat_f32_s": 0xfc004, "i64.trunc_sat_f32_u": 0xfc005, "i64.trunc_sat_f64_s": 0xfc006, "i64.trunc_sat_f64_u": 0xfc007,

  "i8x16.swizzle": 0xfd00e, "i8x16.splat": 0xfd00f, "i16x8.splat": 0xfd010, "i32x4.splat": 0xfd011, "i64x2.splat": 0xfd012,
  "f32x4.splat": 0xfd013, "f64x2.splat": 0xfd014,
  "i32x4.eq": 0xfd037, "i32x4.ne": 0xfd038, "i32x4.lt_s": 0xfd039, "i32x4.lt_u": 0xfd03a, "i32x4.gt_s": 0xfd03b, "i32x4.gt_u": 0xfd03c,
  "i32x4.le_s": 0xfd03d, "i32x4.le_u": 0xfd03e, "i32x4.ge_s": 0xfd03f, "i32x4.ge_u": 0xfd040,
  "f32x4.eq": 0xfd041, "f32x4.ne": 0xfd042, "f32x4.lt": 0xfd043, "f32x4.gt": 0xfd044, "f32x4.le": 0xfd045, "f32x4.ge": 0xfd046,
  "f64x2.eq": 0xfd047, "f64x2.ne": 0xfd048, "f64x2.lt": 0xfd049, "f64x2.gt": 0xfd04a, "f64x2.le": 0xfd04b, "f64x2.ge": 0xfd04c,
  "i64x2.eq": 0xfd0d6, "i64x2.ne": 0xfd0d7, "i64x2.lt_s": 0xfd0d8, "i64x2.gt_s": 0xfd0d9, "i64x2.le_s": 0xfd0da, "i64x2.ge_s": 0xfd0db,
  "v128.not": 0xfd04d, "v128.and": 0xfd04e, "v128.andnot": 0xfd04f, "v128.or": 0xfd050, "v128.xor": 0xfd051,
  "v128.bitselect": 0xfd052, "v128.any_true": 0xfd053,

  "i32x4.abs": 0xfd0a0, "i32x4.neg": 0xfd0a1, "i32x4.all_true": 0xfd0a3, "i32x4.bitmask": 0xfd0a4,
  "i32x4.shl": 0xfd0ab, "i32x4.shr_s": 0xfd0ac, "i32x4.shr_u": 0xfd0ad, "i32x4.add": 0xfd0ae, "i32x4.sub": 0xfd0b1, "i32x4.mul": 0xfd0b5,
  "i32x4.min_s": 0xfd0b6, "i32x4.min_u": 0xfd0b7, "i32x4.max_s": 0xfd0b8, "i32x4.max_u": 0xfd0b9,
  "i64x2.abs": 0xfd0c0, "i64x2.neg": 0xfd0c1, "i64x2.all_true": 0xfd0c3, "i64x2.bitmask": 0xfd0c4,
  "i64x2.extend_low_i32x4_s": 0xfd0c7, "i64x2.extend_high_i32x4_s": 0xfd0c8,
  "i64x2.extend_low_i32x4_u": 0xfd0c9, "i64x2.extend_high_i32x4_u": 0xfd0ca,
  "i64x2.shl": 0xfd0cb, "i64x2.shr_s": 0xfd0cc, "i64x2.shr_u": 0xfd0cd, "i64x2.add": 0xfd0ce, "i64x2.sub": 0xfd0d1, "i64x2.mul": 0xfd0d5,

  "f32x4.ceil": 0xfd067, "f32x4.floor": 0xfd068, "f32x4.trunc": 0xfd069, "f32x4.nearest": 0xfd06a,
  "f32x4.abs": 0xfd0e0, "f32x4.neg": 0xfd0e1, "f32x4.sqrt": 0xfd0e3, "f32x4.add": 0xfd0e4, "f32x4.sub": 0xfd0e5, "f32x4.mul": 0xfd0e6,
  "f32x4.div": 0xfd0e7, "f32x4.min": 0xfd0e8, "f32x4.max": 0xfd0e9, "f32x4.pmin": 0xfd0ea, "f32x4.pmax": 0xfd0eb,
  "f64x2.ceil": 0xfd074, "f64x2.floor": 0xfd075, "f64x2.trunc": 0xfd07a, "f64x2.nearest": 0xfd094,
  "f64x2.abs": 0xfd0ec, "f64x2.neg": 0xfd0ed, "f64x2.sqrt": 0xfd0ef, "f64x2.add": 0xfd0f0, "f64x2.sub": 0xfd0f1, "f64x2.mul": 0xfd0f2,
  "f64x2.div": 0xfd0f3, "f64x2.min": 0xfd0f4, "f64x2.max": 0xfd0f5, "f64x2.pmin": 0xfd0f6, "f64x2.pmax": 0xfd0f7,

  "f32x4.demote_f64x2_zero": 0xfd05e, "f64x2.promote_low_f32x4": 0xfd05f,
  "i32x4.trunc_sat_f32x4_s": 0xfd0f8, "i32x4.trunc_sat_f32x4_u": 0xfd0f9, "f32x4.convert_i32x4_s": 0xfd0fa, "f32x4.convert_i32x4_u": 0xfd0fb,
  "i32x4.trunc_sat_f64x2_s_zero": 0xfd0fc, "i32x4.trunc_sat_f64x2_u_zero": 0xfd0fd,
  "f64x2.convert_low_i32x4_s": 0xfd0fe, "f64x2.convert_low_i32x4_u": 0xfd0ff,
} as const;

/** Relaxed SIMD instructions (no immediate); valid only where {@link Features.relaxedSimd} is true. */
export const relaxedOpcodes = {
  "f32x4.relaxed_madd": 0xfd105, "f32x4.relaxed_nmadd": 0xfd106, "f64x2.relaxed_madd": 0xfd107, "f64x2.relaxed_nmadd": 0xfd108,
  "i32x4.relaxed_laneselect": 0xfd10b, "i64x2.relaxed_laneselect": 0xfd10c,
} as const;

/** Instructions followed by a lane index. */
export const laneOpcodes = {
  "i32x4.extract_lane": 0xfd01b, "i32x4.replace_lane": 0xfd01c, "i64x2.extract_lane": 0xfd01d, "i64x2.replace_lane": 0xfd01e,
  "f32x4.extract_lane": 0xfd01f, "f32x4.replace_lane": 0xfd020, "f64x2.extract_lane": 0xfd021, "f64x2.replace_lane": 0xfd022,
} as const;

/** Loads: the address is on the stack; alignment and offset follow the opcode. */
export const loadOpcodes = {
  "i32.load": 0x28, "i64.load": 0x29, "f32.load": 0x2a, "f64.load": 0x2b,
  "i32.load8_s": 0x2c, "i32.load8_u": 0x2d, "i32.load16_s": 0x2e, "i32.load16_u": 0x2f,
  "v128.load": 0xfd000, "v128.load32x2_s": 0xfd005, "v128.load32x2_u": 0xfd006, "v128.load32_splat": 0xfd009, "v128.load64_splat": 0xfd00a,
  "v128.load32_zero": 0xfd05c, "v128.load64_zero": 0xfd05d,
} as const;

/** Stores: address and value are on the stack; alignment and offset follow the opcode. */
export const storeOpcodes = {
  "i32.store": 0x36, "i64.store": 0x37, "f32.store": 0x38, "f64.store": 0x39, "i32.store8": 0x3a, "i32.store16": 0x3b,
  "v128.store": 0xfd00b,
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
/** The name of a store. */
export type StoreName = keyof typeof storeOpcodes;
/** The name of a load into one lane. */
export type LoadLaneName = keyof typeof loadLaneOpcodes;
/** The name of a store of one lane. */
export type StoreLaneName = keyof typeof storeLaneOpcodes;

/** All instructions without an immediate, relaxed or not, by name. */
export const operationOpcodes: Readonly<Record<OpName, number>> = { ...plainOpcodes, ...relaxedOpcodes };

/**
 * The natural alignment exponent of a memory access, written into the instruction as a hint.
 *
 * Vectors say 4 bytes, because nothing promises more than the alignment of an element.
 *
 * @param name - the name of a load or store
 * @returns log2 of the alignment in bytes
 */
export function alignmentOf(name: LoadName | StoreName | LoadLaneName | StoreLaneName): number {
  if (name.includes("8") && name.startsWith("i32")) return 0;
  if (name.includes("16") && name.startsWith("i32")) return 1;
  return 2;
}
