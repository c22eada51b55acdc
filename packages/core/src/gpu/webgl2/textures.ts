/** The width and height of the texture that holds some quads: what gpu.js chooses for a kernel with so many results. */
export function textureSize(quads: number): readonly [width: number, height: number] {
  const root = Math.sqrt(quads);
  let high = Math.ceil(root);
  let low = Math.floor(root);
  while (high * low < quads) {
    high--;
    low = Math.ceil(quads / high);
  }
  return [low, Math.ceil(quads / low)];
}
