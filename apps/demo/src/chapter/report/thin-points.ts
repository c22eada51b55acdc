/** A point of a curve, or undefined for a gap in it. */
type Place = readonly [x: number, y: number] | undefined;

/** The first, lowest, highest and last point of a stretch, in their order, without repetition. */
function extremes(stretch: readonly (readonly [number, number])[]): Place[] {
  const heights = stretch.map(([, y]) => y);
  const kept = new Set([0, heights.indexOf(Math.min(...heights)), heights.indexOf(Math.max(...heights)), stretch.length - 1]);
  return stretch.filter((_, index) => kept.has(index));
}

/**
 * Leaves out the points of a curve that would not be seen: of those that follow each other in one column of pixels, it keeps
 * the first, the lowest, the highest and the last.
 *
 * @param points - the curve, with gaps
 * @param logarithmic - whether columns divide the logarithms of x
 * @param columns - how many columns there are
 * @returns the points to draw, in their order
 */
export function thinPoints(points: readonly Place[], logarithmic: boolean, columns: number): Place[] {
  const position = ([x]: readonly [number, number]): number => (logarithmic ? Math.log(x) : x);
  const positions = points.filter((point) => point !== undefined).map(position);
  const left = positions.reduce((least, x) => Math.min(least, x), Number.POSITIVE_INFINITY);
  const width = positions.reduce((most, x) => Math.max(most, x), Number.NEGATIVE_INFINITY) - left;
  const column = (point: readonly [number, number]): number => (width > 0 ? Math.floor(((position(point) - left) / width) * columns) : 0);
  const thinned: Place[] = [];
  let stretch: (readonly [number, number])[] = [];
  for (const point of points) {
    const continues = point !== undefined && stretch[0] !== undefined && width > 0 && column(point) === column(stretch[0]);
    if (!continues) {
      if (stretch.length > 0) thinned.push(...extremes(stretch));
      stretch = [];
    }
    if (point === undefined) thinned.push(undefined);
    else stretch.push(point);
  }
  if (stretch.length > 0) thinned.push(...extremes(stretch));
  return thinned;
}
