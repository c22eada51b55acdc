/** Reads the bound texture texel by texel: textures of floats cannot be interpolated everywhere, and then read as zeros. */
export function readTexels(gl: WebGL2RenderingContext, target: GLenum): void {
  gl.texParameteri(target, gl.TEXTURE_WRAP_S, gl.CLAMP_TO_EDGE);
  gl.texParameteri(target, gl.TEXTURE_WRAP_T, gl.CLAMP_TO_EDGE);
  gl.texParameteri(target, gl.TEXTURE_MIN_FILTER, gl.NEAREST);
  gl.texParameteri(target, gl.TEXTURE_MAG_FILTER, gl.NEAREST);
}

/** A float literal that is exactly a number, or nearest to it. */
const float = (value: number): string => (Number.isInteger(value) ? `${String(value)}.0` : String(value));

/**
 * Reads quad number `q` of a texture. By coordinates between 0 and 1, at the middles of texels: software renderers take
 * several times as long for `texelFetch`.
 */
export function fetchQuad(sampler: string, q: string, quads: number): string {
  const [width, height] = textureSize(quads);
  const place = `vec2(float(${q} & ${String(width - 1)}), float(${q} >> ${String(Math.log2(width))}))`;
  return `texture(${sampler}, (${place} + 0.5) * vec2(${float(1 / width)}, ${float(1 / height)}))`;
}

/**
 * The width and height of the texture that holds some quads: nearly square, and as wide as a power of two, so that kernels
 * find a quad's row and column without a division. It has two rows at least: gpu.js takes fewer for a list to be arranged by itself.
 */
export function textureSize(quads: number): readonly [width: number, height: number] {
  const width = 2 ** Math.ceil(Math.log2(Math.max(quads, 1)) / 2);
  return [width, Math.max(Math.ceil(quads / width), 2)];
}
