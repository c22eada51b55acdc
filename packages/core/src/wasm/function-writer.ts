import { existing } from "../errors.ts";
import { itemUnder } from "../lists.ts";
import { exactText } from "../tensor/exact-text.ts";
import { ByteBuffer } from "./byte-buffer.ts";
import type { Features } from "./features.ts";
import {
  alignment, laneOpcodes, loadLaneOpcodes, loadOpcodes, operationOpcodes, storeLaneOpcodes,
  type LaneOpName, type LoadLaneName, type LoadName, type OpName, type StoreLaneName,
} from "./opcodes.ts";
import { writeSplat, type ConstantLanes } from "./splat.ts";
import { valueTypeCodes, type FloatLanes, type FunctionIndex, type Local, type Operand, type Signature, type ValueType } from "./types.ts";

/** How a counted loop runs: `for (counter = from; counter < to; counter += step)`, signed. */
export interface LoopRange {
  /** The i32 local that counts; it holds `to` or more afterwards. */
  readonly counter: Local;
  /** First value; a number, or a local that is read once. */
  readonly from: number | Local;
  /** The loop ends as soon as the counter is not below this. */
  readonly to: number | Local;
  /** Increment, a positive integer. */
  readonly step: number;
}

/** A loop whose start can be jumped to. */
export interface Label {
  readonly depth: number;
}

/** The opcode of `v128.const`. */
const vectorConstant = 0xfd00c;

/**
 * Writes the body of one WebAssembly function, instruction by instruction.
 *
 * The code has two parts: a prologue, which runs once at entry and holds the vector constants, and the body. Constants must not stand
 * inside loops, since V8 13 and later build an inline `v128.const` anew in every iteration (measured: exp runs 2.4 times slower).
 */
export class FunctionWriter {
  /** What the engine offers; generators choose their instructions by it. */
  readonly features: Features;
  /** The locals that hold the parameters. */
  readonly parameters: readonly Local[];

  readonly #imports: ReadonlyMap<string, FunctionIndex>;
  readonly #localTypes: ValueType[] = [];
  readonly #prologue = new ByteBuffer(256);
  readonly #body = new ByteBuffer(1024);
  readonly #constants = new Map<string, Local>();
  #out: ByteBuffer;
  #depth = 0;

  constructor(signature: Signature, features: Features, imports: ReadonlyMap<string, FunctionIndex>) {
    this.features = features;
    this.#imports = imports;
    this.parameters = signature.parameters.map((type, index) => ({ index, type }));
    this.#out = this.#body;
  }

  /** Makes a fresh local variable, zero at entry. */
  local(type: ValueType): Local {
    const index = this.parameters.length + this.#localTypes.length;
    this.#localTypes.push(type);
    return { index, type };
  }

  /** Pushes the value of a local. */
  get(local: Local): void {
    this.#out.byte(0x20);
    this.#out.unsigned(local.index);
  }

  /** Pops a value, or takes that of an operand, into a local. */
  set(local: Local, value?: Operand): void {
    if (value !== undefined) this.push(value);
    this.#out.byte(0x21);
    this.#out.unsigned(local.index);
  }

  /** Copies the top of the stack into a local. */
  tee(local: Local): void {
    this.#out.byte(0x22);
    this.#out.unsigned(local.index);
  }

  /** Pops a value into a fresh local. */
  keep(type: ValueType = "v128"): Local {
    const local = this.local(type);
    this.set(local);
    return local;
  }

  /** Writes an instruction without an immediate; the operands, or the last of them, are pushed first. */
  op(name: OpName, first?: Operand, second?: Operand, third?: Operand): void {
    if (first !== undefined) this.push(first);
    if (second !== undefined) this.push(second);
    if (third !== undefined) this.push(third);
    this.#opcode(operationOpcodes[name]);
  }

  /** Pushes a 32-bit integer; values from 2^31 to 2^32-1 stand for their bits. */
  i32(value: number): void {
    this.#out.byte(0x41);
    this.#out.signed(value);
  }

  /** Writes an extraction or replacement of one lane. */
  lane(name: LaneOpName, index: number): void {
    this.#opcode(laneOpcodes[name]);
    this.#out.byte(index);
  }

  /** Pushes what memory holds at address + offset; without an operand, pops the address. */
  load(name: LoadName, offset: number, address?: Operand): void {
    if (address !== undefined) this.push(address);
    this.#access(loadOpcodes[name], offset);
  }

  /** Pushes a vector with one lane read from memory at address + offset. */
  loadLane(name: LoadLaneName, offset: number, lane: number, address: Operand, vector: Operand): void {
    this.push(address);
    this.push(vector);
    this.#access(loadLaneOpcodes[name], offset);
    this.#out.byte(lane);
  }

  /** Writes a vector at address + offset; without operands, pops both. */
  store(offset: number, address?: Operand, vector?: Operand): void {
    if (address !== undefined) this.push(address);
    if (vector !== undefined) this.push(vector);
    this.#access(0xfd00b, offset);
  }

  /** Writes one lane of a vector at address + offset. */
  storeLane(name: StoreLaneName, offset: number, lane: number, address: Operand, vector: Operand): void {
    this.push(address);
    this.push(vector);
    this.#access(storeLaneOpcodes[name], offset);
    this.#out.byte(lane);
  }

  /**
   * Pushes a choice of the 32 bytes of two vectors (`i8x16.shuffle`), which are popped where they are not given.
   *
   * @param lanes - 16 byte numbers; or 4 lane numbers of 32 bits (0..7); or 2 lane numbers of 64 bits (0..3)
   */
  shuffle(lanes: readonly number[], first?: Operand, second?: Operand): void {
    if (first !== undefined) this.push(first);
    if (second !== undefined) this.push(second);
    this.#opcode(0xfd00d);
    const width = 16 / lanes.length;
    for (const lane of lanes) {
      for (let byte = 0; byte < width; byte += 1) this.#out.byte(lane * width + byte);
    }
  }

  /**
   * A vector that holds one value in every lane, written once into the prologue; equal bits share one local.
   *
   * @param lanes - vector shape; "i64x2" takes safe integers
   * @param value - rounded to the lane type; integers from 2^31 to 2^32-1 stand for their bits in "i32x4"
   * @returns a local that must not be written
   */
  splatConstant(lanes: ConstantLanes, value: number): Local {
    return this.#constant(lanes + exactText(value), () => { writeSplat(this.#out, lanes, value); });
  }

  /**
   * A vector of four 32-bit integers, which may differ, as {@link splatConstant}.
   *
   * @param words - from the lowest lane on
   */
  wordsConstant(words: readonly number[]): Local {
    return this.#constant(words.join(), () => { for (const word of words) this.#out.integer32(word); });
  }

  /** Pushes a vector of zeros: the one constant that is cheap everywhere. */
  zeroVector(): void {
    this.#opcode(vectorConstant);
    writeSplat(this.#out, "i32x4", 0);
  }

  /** Writes code that runs once at entry, before the body; constants that it needs must be asked for before it is written. */
  prologue(write: () => void): void {
    const out = this.#out;
    const depth = this.#depth;
    this.#out = this.#prologue;
    this.#depth = 0;
    write();
    this.#out = out;
    this.#depth = depth;
  }

  /** Pushes an operand: reads the local, writes the i32 constant, or runs the function that writes the code. */
  push(operand: Operand): void {
    if (typeof operand === "function") operand();
    else if (typeof operand === "number") this.i32(operand);
    else this.get(operand);
  }

  /** Pushes a·b + c, fused where relaxed SIMD is available. */
  multiplyAdd(lanes: FloatLanes, a: Operand, b: Operand, c: Operand): void {
    if (this.features.relaxedSimd) {
      this.op(`${lanes}.relaxed_madd`, a, b, c);
      return;
    }
    this.op(`${lanes}.mul`, a, b);
    this.op(`${lanes}.add`, c);
  }

  /** Pushes c - a·b, fused where relaxed SIMD is available. */
  negativeMultiplyAdd(lanes: FloatLanes, a: Operand, b: Operand, c: Operand): void {
    if (this.features.relaxedSimd) {
      this.op(`${lanes}.relaxed_nmadd`, a, b, c);
      return;
    }
    this.op(`${lanes}.mul`, c, a, b);
    this.op(`${lanes}.sub`);
  }

  /** Pushes, lane by lane, `whenTrue` where the mask is all ones and `whenFalse` where it is zero. */
  selectLanes(lanes: FloatLanes | "i32x4", mask: Operand, whenTrue: Operand, whenFalse: Operand): void {
    const relaxed = lanes === "f64x2" ? "i64x2.relaxed_laneselect" : "i32x4.relaxed_laneselect";
    this.op(this.features.relaxedSimd ? relaxed : "v128.bitselect", whenTrue, whenFalse, mask);
  }

  /** A loop: jumping to its label starts the next iteration; falling off its end leaves it. */
  loop(body: (label: Label) => void): void {
    this.#structured(0x03, body);
  }

  /** Pops a condition (i32) and runs one of two branches. */
  if(whenTrue: () => void, whenFalse?: () => void): void {
    this.#structured(0x04, () => {
      whenTrue();
      if (whenFalse === undefined) return;
      this.#out.byte(0x05);
      whenFalse();
    });
  }

  /** Pops a condition (i32) and jumps if it is not zero. */
  brIf(label: Label): void {
    this.#out.byte(0x0d);
    this.#out.unsigned(this.#depth - label.depth);
  }

  /**
   * A counted loop; nothing is written if the bounds are numbers and the range is empty.
   *
   * With static bounds the test stands at the end only, and a single iteration is written without a loop; otherwise an `if` guards the first
   * iteration.
   */
  for(range: LoopRange, body: () => void): void {
    const { counter, from, to, step } = range;
    const isStatic = typeof from === "number" && typeof to === "number";
    if (isStatic && from >= to) return;
    this.set(counter, from);
    if (isStatic && from + step >= to) {
      body();
      this.set(counter, from + step);
      return;
    }
    const repeat = (): void => {
      this.loop((label) => {
        body();
        this.op("i32.add", counter, step);
        this.tee(counter);
        this.op("i32.lt_s", to);
        this.brIf(label);
      });
    };
    if (isStatic) {
      repeat();
      return;
    }
    this.op("i32.lt_s", counter, to);
    this.if(repeat);
  }

  /** Calls a function whose arguments are on the stack. */
  call(target: FunctionIndex): void {
    this.#out.byte(0x10);
    this.#out.unsigned(target);
  }

  /** Calls an imported function whose arguments are on the stack. */
  callImport(name: string): void {
    this.call(existing(this.#imports.get(name), name));
  }

  /** Finishes the function: its entry of the code section, without its length. */
  finish(): ByteBuffer {
    const entry = new ByteBuffer(this.#prologue.length + this.#body.length + 64);
    const runs: { type: ValueType; count: number }[] = [];
    for (const type of this.#localTypes) {
      const last = runs.at(-1);
      if (last?.type === type) last.count += 1;
      else runs.push({ type, count: 1 });
    }
    entry.unsigned(runs.length);
    for (const { type, count } of runs) {
      entry.unsigned(count);
      entry.byte(valueTypeCodes[type]);
    }
    entry.bytes(this.#prologue.view());
    entry.bytes(this.#body.view());
    entry.byte(0x0b);
    return entry;
  }

  #opcode(code: number): void {
    if (code < 0x100) {
      this.#out.byte(code);
      return;
    }
    this.#out.byte(code >> 12);
    this.#out.unsigned(code & 0xfff);
  }

  #access(code: number, offset: number): void {
    this.#opcode(code);
    this.#out.byte(alignment);
    this.#out.unsigned(offset);
  }

  /** The local that holds a constant, which is written the first time that it is asked for. */
  #constant(key: string, writeBits: () => void): Local {
    return itemUnder(this.#constants, key, () => {
      const local = this.local("v128");
      this.prologue(() => {
        this.#opcode(vectorConstant);
        writeBits();
        this.set(local);
      });
      return local;
    });
  }

  #structured(code: number, body: (label: Label) => void): void {
    this.#out.byte(code);
    this.#out.byte(0x40);
    this.#depth += 1;
    body({ depth: this.#depth });
    this.#depth -= 1;
    this.#out.byte(0x0b);
  }
}
