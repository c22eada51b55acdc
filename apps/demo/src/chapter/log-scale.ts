/** Whole numbers from `first` to `last`, evenly spread over their logarithms, each once. */
export function logSpaced(first: number, last: number, perDecade: number): number[] {
  const count = Math.ceil(Math.log10(last / first) * perDecade);
  return [...new Set(Array.from({ length: count + 1 }, (_, index) => Math.round(first * (last / first) ** (index / count))))];
}

/** The exponent p of the power law `y ∝ xᵖ` that fits points best: the slope of the least-squares line through their logarithms. */
export function powerLaw(points: readonly (readonly [x: number, y: number])[]): number {
  const logs = points.map(([x, y]) => [Math.log(x), Math.log(y)] as const);
  const centerX = logs.reduce((sum, [x]) => sum + x, 0) / logs.length;
  const centerY = logs.reduce((sum, [, y]) => sum + y, 0) / logs.length;
  const covariance = logs.reduce((sum, [x, y]) => sum + (x - centerX) * (y - centerY), 0);
  const variance = logs.reduce((sum, [x]) => sum + (x - centerX) ** 2, 0);
  return covariance / variance;
}
