import type { HostProgram } from "../../compile/host-program.ts";
import { argumentValue } from "../scalars.ts";
import { runsPerSubmit } from "./commands.ts";

/** Uniform blocks start at multiples of this. */
const alignment = 256;
const uniformCopyDestination = 0x48;

/** A host argument in a block. */
export interface ScalarPlace {
  /** Byte offset in the block. */
  readonly offset: number;
  readonly argument: number;
  readonly isInteger: boolean;
}

/** Most bytes of a block. */
export const blockLimit: number = alignment;

/**
 * The uniform blocks of a plan's kernels in one buffer: first those that stay as they are, then the blocks with host arguments,
 * which exist once for each run before a submission, so that no run that waits for its submission sees another's arguments.
 */
export class UniformBlocks {
  readonly buffer: GPUBuffer;
  readonly #queue: GPUQueue;
  readonly #host: HostProgram;
  readonly #scalars: readonly ScalarPlace[];
  /** The blocks with host arguments, as they were written last. */
  readonly #changing: DataView<ArrayBuffer>;
  readonly #changingStart: number;
  #set = -1;

  /**
   * @param device - The device.
   * @param host - Where the arguments come from.
   * @param blocks - The first words of each block, and the host arguments in it.
   */
  constructor(device: GPUDevice, host: HostProgram, blocks: readonly { readonly words: readonly number[]; readonly scalars: readonly ScalarPlace[] }[]) {
    const fixed = blocks.filter(({ scalars }) => scalars.length === 0);
    const changing = blocks.filter(({ scalars }) => scalars.length > 0);
    const fill = (own: typeof blocks): DataView<ArrayBuffer> => {
      const view = new DataView(new ArrayBuffer(alignment * own.length));
      own.forEach(({ words }, block) => { words.forEach((word, position) => { view.setUint32(alignment * block + 4 * position, word, true); }); });
      return view;
    };
    this.#queue = device.queue;
    this.#host = host;
    this.#changing = fill(changing);
    this.#changingStart = alignment * fixed.length;
    this.#scalars = changing.flatMap(({ scalars }, block) => scalars.map((scalar) => ({ ...scalar, offset: alignment * block + scalar.offset })));
    this.buffer = device.createBuffer({ size: Math.max(this.#changingStart + this.#changing.byteLength * runsPerSubmit, alignment), usage: uniformCopyDestination });
    if (fixed.length > 0) this.#queue.writeBuffer(this.buffer, 0, fill(fixed).buffer);
  }

  /** Where the `number`-th block without host arguments is, or, within a set, the `number`-th block with some. */
  static offsetOf(number: number): number {
    return alignment * number;
  }

  /** Writes the host arguments into the next set of blocks, if any changed; returns where the set to use starts. */
  update(): number {
    let changed = this.#set < 0;
    for (const { offset, argument, isInteger } of this.#scalars) {
      const value = argumentValue(this.#host, argument);
      if (Object.is(isInteger ? this.#changing.getInt32(offset, true) : this.#changing.getFloat32(offset, true), value)) continue;
      if (isInteger) this.#changing.setInt32(offset, value, true);
      else this.#changing.setFloat32(offset, value, true);
      changed = true;
    }
    if (changed && this.#scalars.length > 0) {
      this.#set = (this.#set + 1) % runsPerSubmit;
      this.#queue.writeBuffer(this.buffer, this.#changingStart + this.#set * this.#changing.byteLength, this.#changing.buffer);
    }
    return this.#changingStart + Math.max(this.#set, 0) * this.#changing.byteLength;
  }
}
