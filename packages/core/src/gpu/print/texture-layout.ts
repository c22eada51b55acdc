/** Reads quad number `q` of a texture. */
export function fetchQuad(sampler: string, q: string, quads: number): string {
  const [width] = textureSize(quads);
  return `texelFetch(${sampler}, ivec2(${q} & ${String(width - 1)}, ${q} >> ${String(Math.log2(width))}), 0)`;
}

/**
 * The width and height of the texture that holds some quads: nearly square, and as wide as a power of two, so that kernels
 * find a quad's row and column without a division. It has two rows at least: gpu.js takes fewer for a list to be arranged by itself.
 */
export function textureSize(quads: number): readonly [width: number, height: number] {
  const width = 2 ** Math.ceil(Math.log2(Math.max(quads, 1)) / 2);
  return [width, Math.max(Math.ceil(quads / width), 2)];
}
