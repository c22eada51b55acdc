/** The rotations of the four rounds of a group; groups alternate between the two rows. */
const rotations = [[13, 15, 26, 6], [17, 29, 16, 24]] as const;

function round(rotation: number): string {
  return `  x0 = x0 + x1;\n  x1 = ((x1 << U(${String(rotation)}u)) | (x1 >> U(${String(32 - rotation)}u))) ^ x0;`;
}

function threefryText(): string {
  const lines = ["U qThreefry(U counter, U stream, U k0, U k1) {", "  U k2 = k0 ^ k1 ^ U(0x1bd11bdau);", "  U x0 = counter + k0;", "  U x1 = stream + k1;"];
  const keys = ["k0", "k1", "k2"];
  for (let group = 0; group < 5; group++) {
    for (const rotation of rotations[group % 2] ?? []) lines.push(round(rotation));
    lines.push(`  x0 = x0 + ${keys[(group + 1) % 3] ?? ""};`, `  x1 = x1 + ${keys[(group + 2) % 3] ?? ""} + U(${String(group + 1)}u);`);
  }
  return [...lines, "  return x0;", "}"].join("\n");
}

/**
 * threefry2x32-20 and the numbers in [0, 1) made from its first word: the bits that the CPU draws.
 *
 * @see Salmon, Moraes, Dror and Shaw, "Parallel random numbers: as easy as 1, 2, 3", 2011
 */
export const threefry: string = `${threefryText()}
V qUniform(I counter, uint stream, V h0, V l0, V h1, V l1) {
  return V(qThreefry(U(counter), U(stream), U(qJoin(h0, l0)), U(qJoin(h1, l1))) >> U(8u)) * 5.9604644775390625e-8;
}`;
