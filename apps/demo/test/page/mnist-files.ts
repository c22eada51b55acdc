/** A file as a person chooses it. */
export interface ChosenFile {
  readonly name: string;
  readonly mimeType: string;
  readonly buffer: Buffer;
}

const SIDE = 28;

/** An IDX file of bytes: its axes, then what `valueOf` gives for each byte. */
function idxFile(name: string, axes: readonly number[], valueOf: (index: number) => number): ChosenFile {
  const count = axes.reduce((product, length) => product * length, 1);
  const header = Buffer.alloc(4 + 4 * axes.length);
  header.writeUInt32BE(0x0800 + axes.length);
  axes.forEach((length, axis) => header.writeUInt32BE(length, 4 + 4 * axis));
  const buffer = Buffer.concat([header, Uint8Array.from({ length: count }, (_, index) => valueOf(index))]);
  return { name, mimeType: "application/octet-stream", buffer };
}

/** The four files of a set in the layout of MNIST, whose images are as bright as their label is high. */
export function mnistFiles(training: number, test: number): ChosenFile[] {
  return [["train", training] as const, ["t10k", test] as const].flatMap(([name, count]) => [
    idxFile(`${name}-images-idx3-ubyte`, [count, SIDE, SIDE], (index) => 25 * (Math.floor(index / SIDE ** 2) % 10)),
    idxFile(`${name}-labels-idx1-ubyte`, [count], (index) => index % 10),
  ]);
}
