import type { RandomSource } from "../random-source.ts";
import type { Stroke } from "./digit-strokes.ts";

/** How many straight pieces stand for the curve between two points. */
const piecesPerSpan = 6;

/** The Catmull–Rom spline between b and c, one coordinate. See Catmull and Rom, 1974. */
function spline(a: number, b: number, c: number, d: number, t: number): number {
  return 0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t * t + (3 * b - a - 3 * c + d) * t * t * t);
}

/**
 * Turns a stroke into a polyline (x0, y0, x1, y1, …), its points shaken by the hand.
 *
 * @param stroke - The stroke.
 * @param wobble - The standard deviation of a point's displacement.
 * @param random - Where the randomness comes from.
 */
export function tracePen(stroke: Stroke, wobble: number, random: RandomSource): Float64Array {
  const count = stroke.points.length;
  const xs = stroke.points.map(([x]) => x + random.normal(wobble));
  const ys = stroke.points.map(([, y]) => y + random.normal(wobble));
  if (stroke.kind === "line") return Float64Array.from({ length: 2 * count }, (_, i) => (i % 2 === 0 ? xs[i >> 1]! : ys[i >> 1]!));
  const closed = stroke.kind === "loop";
  const spans = closed ? count : count - 1;
  const at = (index: number): number => (closed ? (index + count) % count : Math.min(Math.max(index, 0), count - 1));
  const path = new Float64Array(2 * (spans * piecesPerSpan + 1));
  for (let piece = 0; piece <= spans * piecesPerSpan; piece++) {
    const span = Math.min(Math.floor(piece / piecesPerSpan), spans - 1);
    const t = piece / piecesPerSpan - span;
    const [a, b, c, d] = [at(span - 1), at(span), at(span + 1), at(span + 2)];
    path[2 * piece] = spline(xs[a]!, xs[b]!, xs[c]!, xs[d]!, t);
    path[2 * piece + 1] = spline(ys[a]!, ys[b]!, ys[c]!, ys[d]!, t);
  }
  return path;
}

/**
 * Draws a polyline with a round pen, anti-aliased: a pixel's ink is how far it lies inside the pen's radius, at most 1.
 *
 * @param image - The pixels of this digit, `size × size`; ink is only ever added.
 * @param size - The side of the image in pixels.
 * @param path - The polyline in pixels.
 * @param radius - The pen's radius in pixels.
 */
export function inkPath(image: Float32Array, size: number, path: Float64Array, radius: number): void {
  const reach = radius + 0.5;
  for (let point = 0; point + 3 < path.length; point += 2) {
    const x0 = path[point]!;
    const y0 = path[point + 1]!;
    const dx = path[point + 2]! - x0;
    const dy = path[point + 3]! - y0;
    const lengthSquared = dx * dx + dy * dy;
    const top = Math.max(Math.ceil(Math.min(y0, y0 + dy) - reach), 0);
    const bottom = Math.min(Math.floor(Math.max(y0, y0 + dy) + reach), size - 1);
    const left = Math.max(Math.ceil(Math.min(x0, x0 + dx) - reach), 0);
    const right = Math.min(Math.floor(Math.max(x0, x0 + dx) + reach), size - 1);
    for (let row = top; row <= bottom; row++) {
      for (let column = left; column <= right; column++) {
        const along = lengthSquared > 0 ? Math.min(Math.max(((column - x0) * dx + (row - y0) * dy) / lengthSquared, 0), 1) : 0;
        const offX = column - x0 - along * dx;
        const offY = row - y0 - along * dy;
        const distanceSquared = offX * offX + offY * offY;
        if (distanceSquared >= reach * reach) continue;
        const ink = Math.min(reach - Math.sqrt(distanceSquared), 1);
        const pixel = row * size + column;
        if (ink > image[pixel]!) image[pixel] = ink;
      }
    }
  }
}
