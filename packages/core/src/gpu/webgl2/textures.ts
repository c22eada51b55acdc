/**
 * The width and height of the texture that holds some quads: nearly square, and as wide as a power of two, so that kernels
 * find a quad's row and column without a division.
 */
export function textureSize(quads: number): readonly [width: number, height: number] {
  const width = 2 ** Math.ceil(Math.log2(Math.max(quads, 1)) / 2);
  return [width, Math.max(Math.ceil(quads / width), 1)];
}
