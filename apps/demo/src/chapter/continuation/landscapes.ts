import type { Key, Tensor } from "@opt/core";
import { argMax, cos, exp, fromArray, randomUniform, splitKey, square } from "@opt/core";

/**
 * Random rugged losses, each a bowl with waves in all directions: `J(x) = ½‖x‖² + a Σⱼ cos(wⱼᵀx + φⱼ)`. Blurred by a normal
 * distribution of standard deviation σ they are known in closed form: each wave is damped by `exp(−½ σ² ‖wⱼ‖²)`, and the bowl
 * rises by a constant, which is left out.
 */
export interface Landscapes {
  /** Blurred losses of points [landscapes, points, dimensions] as [landscapes, points]. */
  readonly values: (points: Tensor, sigma: number) => Tensor;
  /** Draws points to start from, [landscapes, points, dimensions], in a cube around the middle. */
  readonly drawStarts: (key: Key, points: number) => Tensor;
  /** The lowest point of a grid over each landscape, [landscapes, 1, dimensions]. */
  readonly lowestOnGrid: (step: number) => Tensor;
}

/** What to draw. */
export interface LandscapeOptions {
  readonly landscapes: number;
  readonly dimensions: 1 | 2;
}

const WAVES = 12;
const AMPLITUDE = 1;
/** The largest component of a wave vector: a few minima in each unit of length. */
const STEEPEST = 5;
/** Starts lie within this distance of the middle, along each axis. */
const REACH = 4;
/** Beyond this the bowl outweighs all the waves: ½ · 6² > 12 + ½ · 3². */
const GRID_REACH = 6;
const f64 = { dtype: "f64" } as const;

/** The points of a grid, one after the other. */
function gridPoints(dimensions: number, step: number): Float64Array {
  const side = Math.round((2 * GRID_REACH) / step) + 1;
  return Float64Array.from({ length: dimensions * side ** dimensions }, (_, index) => {
    const point = Math.floor(index / dimensions);
    const place = Math.floor(point / side ** (index % dimensions)) % side;
    return place * step - GRID_REACH;
  });
}

/** Draws landscapes. */
export function drawLandscapes(key: Key, { landscapes, dimensions }: LandscapeOptions): Landscapes {
  const [waveKey, phaseKey] = splitKey(key, 2);
  const waves = randomUniform(waveKey, [landscapes, 1, WAVES, dimensions], { minimum: -STEEPEST, maximum: STEEPEST, ...f64 });
  const phases = randomUniform(phaseKey, [landscapes, 1, WAVES], { minimum: 0, maximum: 2 * Math.PI, ...f64 });
  const steepness = square(waves).sum(-1);
  const values = (points: Tensor, sigma: number): Tensor => {
    const [count = 1, each = 1] = points.shape;
    const phase = points.reshape([count, each, 1, dimensions]).mul(waves).sum(-1).add(phases);
    const amplitudes = exp(steepness.mul(-0.5 * sigma ** 2)).mul(AMPLITUDE);
    return square(points).sum(-1).mul(0.5).add(cos(phase).mul(amplitudes).sum(-1));
  };
  return {
    values,
    drawStarts: (startKey, points) => randomUniform(startKey, [landscapes, points, dimensions], { minimum: -REACH, maximum: REACH, ...f64 }),
    lowestOnGrid: (step) => {
      const grid = gridPoints(dimensions, step);
      const lowest = argMax(values(fromArray(grid, [1, grid.length / dimensions, dimensions]), 0).neg(), 1).readSync();
      const points = Array.from(lowest, (index) => Array.from(grid.subarray(index * dimensions, (index + 1) * dimensions)));
      return fromArray(Float64Array.from(points.flat()), [landscapes, 1, dimensions]);
    },
  };
}
