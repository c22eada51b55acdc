import { detectFeatures, type Features } from "../features.ts";
import type { MatmulShape } from "./spec.ts";

/** Consecutive tiles of equal height: rows from (inclusive) to (exclusive). */
export interface RowGroup {
  readonly height: number;
  readonly from: number;
  readonly to: number;
}

/** Consecutive column panels of equal width. Columns are counted in elements. */
export interface PanelGroup {
  readonly vectors: number;
  readonly from: number;
  readonly to: number;
}

/** How a product is computed: everything that is decided before code is written. */
export interface MatmulPlan {
  readonly panels: readonly PanelGroup[];
  /** How the rows of every panel are cut. */
  readonly rows: readonly RowGroup[];
  readonly packA: boolean;
  readonly packB: boolean;
  /** Steps of k that are computed in one go; k itself if it is not cut. */
  readonly blockK: number;
  /** Rows that are computed with all panels before the next ones, a multiple of the first tiles' height; m or more if they are not cut. */
  readonly blockM: number;
  /** Whether the tiles of a panel are a function of their own, which is called for each panel. */
  readonly panelFunctions: boolean;
  /** Byte offset of the packed B in scratch memory; the packed A comes first. */
  readonly packedB: number;
  readonly scratchBytes: number;
}

/** Elements of a 16-byte vector. */
export function laneCountOf(dtype: "f32" | "f64"): 4 | 2 {
  return dtype === "f32" ? 4 : 2;
}

/** Bytes of an element. */
export function elementBytesOf(dtype: "f32" | "f64"): 4 | 8 {
  return dtype === "f32" ? 4 : 8;
}

/** Vector registers that x64 engines leave to us. */
const registerCount = 15;

/**
 * Vector registers that one step of k occupies.
 *
 * V8 12.4 and older do all loads of the step first (measured: a 5x8 tile then runs at half the speed of a 4x8 one); others load an
 * element of A when it is needed, and of B too if there is only one row.
 */
function registersOf(height: number, vectors: number, features: Features): number {
  const accumulators = height * vectors;
  const product = features.relaxedSimd ? 0 : 1;
  if (!features.manyRegisters) return accumulators + vectors + height + product;
  return accumulators + (height === 1 ? 1 : vectors) + 1 + product;
}

/**
 * Cycles for one step of k: two multiply-adds and two loads a cycle, and four cycles until a sum can be added to again, or a little more,
 * since eight sums are hardly ever ready in just the right cycle (measured: tiles of 4x8 stay further below the peak than 5x8 and 6x8).
 */
function cyclesOf(height: number, vectors: number): number {
  return Math.max((height * vectors) / 2, (height + vectors) / 2, 4.5);
}

/** Zeroing, storing and loop overhead of a tile, in cycles. */
function overheadOf(height: number, vectors: number): number {
  return 8 + height * vectors;
}

/** What another body of code is worth in cycles, so that tiny gains do not double the code. */
const bodyCost = 16;

const tileHeights: readonly number[] = [1, 2, 3, 4, 5, 6, 7, 8];

interface RowPlan {
  readonly groups: readonly RowGroup[];
  readonly cost: number;
}

/** Tiles one below the other: [height, number of tiles]. */
type Piece = readonly [height: number, tiles: number];

function rowGroups(pieces: readonly Piece[]): readonly RowGroup[] {
  const groups: RowGroup[] = [];
  let from = 0;
  for (const [height, tiles] of pieces) {
    const to = from + height * tiles;
    if (to > from) groups.push({ height, from, to });
    from = to;
  }
  return groups;
}

/** A tile height that registers allow, and what one tile of it costs. */
interface Height {
  readonly height: number;
  readonly cost: number;
}

function tileCost({ k }: MatmulShape, height: number, vectors: number): number {
  return k * cyclesOf(height, vectors) + overheadOf(height, vectors);
}

/** The heights that tiles of a panel may have, the cheapest one a row first. */
function heightsFor(shape: MatmulShape, vectors: number, features: Features): readonly Height[] {
  return tileHeights
    .filter((height) => height <= shape.m && registersOf(height, vectors, features) <= registerCount)
    .map((height) => ({ height, cost: tileCost(shape, height, vectors) }))
    .sort((a, b) => a.cost / a.height - b.cost / b.height);
}

/** What rows cost at least: as if all were in the cheapest tiles. */
function leastCost([cheapest]: readonly Height[], rows: number): number {
  return cheapest === undefined ? Infinity : (rows * cheapest.cost) / cheapest.height;
}

/** The cheapest way to cut m rows into tiles of at most three heights. Most ways cost too much whatever follows, and are not followed up. */
function planRows(m: number, heights: readonly Height[]): RowPlan {
  const costOf = (height: number): number => (height === 0 ? 0 : (heights.find((known) => known.height === height)?.cost ?? Infinity) + bodyCost);
  let best: RowPlan = { groups: [], cost: Infinity };
  for (const main of heights) {
    const most = Math.floor(m / main.height);
    // A few tiles less may let the rest be cut evenly: 67 = 7·6 + 5·5.
    for (let tiles = most; tiles >= Math.max(1, most - 5); tiles -= 1) {
      const rest = m - tiles * main.height;
      const mainCost = tiles * main.cost + bodyCost;
      if (mainCost + leastCost(heights, rest) >= best.cost) continue;
      for (const second of heights) {
        const secondTiles = Math.floor(rest / second.height);
        const last = rest - secondTiles * second.height;
        const cost = mainCost + (secondTiles === 0 ? 0 : secondTiles * second.cost + bodyCost) + costOf(last);
        if (cost < best.cost) best = { groups: rowGroups([[main.height, tiles], [second.height, secondTiles], [last, 1]]), cost };
      }
    }
  }
  return best;
}

/** Sets the last panel apart if it is not full, since other code stores its results. */
function fullAndPartial(group: PanelGroup, width: number): PanelGroup[] {
  const boundary = group.to - ((group.to - group.from) % width);
  if (boundary === group.to || boundary === group.from) return [group];
  return [{ ...group, to: boundary }, { ...group, from: boundary }];
}

/**
 * The cheapest way to cut the columns into panels of one width and, at the end, a narrower one. All have the same rows: then A is packed
 * once, and threads may part between any two tiles.
 */
function planTiles(shape: MatmulShape, features: Features): Pick<MatmulPlan, "panels" | "rows"> {
  const lanes = laneCountOf(shape.dtype);
  const total = Math.ceil(shape.n / lanes);
  let best: Pick<MatmulPlan, "panels" | "rows"> = { panels: [], rows: [] };
  let bestCost = Infinity;
  for (const vectors of [2, 3, 4, 1, 6, 8]) {
    if (vectors > total) continue;
    const full = Math.floor(total / vectors);
    const heights = heightsFor(shape, vectors, features);
    if (full * leastCost(heights, shape.m) >= bestCost) continue;
    const rows = planRows(shape.m, heights);
    const rest = total - full * vectors;
    const boundary = Math.min(full * vectors * lanes, shape.n);
    const panels: PanelGroup[] = fullAndPartial({ vectors, from: 0, to: boundary }, vectors * lanes);
    let cost = full * rows.cost;
    if (rest > 0) {
      panels.push({ vectors: rest, from: boundary, to: shape.n });
      for (const { height, from, to } of rows.groups) cost += ((to - from) / height) * tileCost(shape, height, rest) + bodyCost;
    }
    if (cost < bestCost) {
      best = { panels, rows: rows.groups };
      bestCost = cost;
    }
  }
  return best;
}

/**
 * Engines run simple code first, and change to optimized code only where a function begins: in the midst of the first product, if it consists of several
 * functions. Products with fewer multiplications than this are over before anything is optimized.
 */
const panelFunctionWork = 2 ** 22;

/** Decisions that may be forced, for tests and measurements. */
export type PlanChoices = Partial<Pick<MatmulPlan, "packA" | "packB" | "blockK" | "blockM" | "panelFunctions">>;

/**
 * Chooses tiles, packing and blocking for a product.
 *
 * @param shape - sizes and storage
 * @param features - what the engine offers; default: what the running engine has
 * @param choices - decisions to force
 */
export function planMatmul(shape: MatmulShape, features: Features = detectFeatures(), choices: PlanChoices = {}): MatmulPlan {
  const { m, n, k, dtype } = shape;
  const element = elementBytesOf(dtype);
  // Packing costs a pass over the operand, which many rows of A or columns of B must pay back.
  const large = m >= 64 && n >= 64 && k >= 64;
  // Rows a page apart compete for the same few cache lines; the steps through a transposed A do so earlier.
  const distant = shape.transposeA === true ? m * element >= 1024 : k * element >= 4096;
  const packA = choices.packA ?? (large && distant);
  // A transposed B is always packed: its columns are not neighbors in memory.
  const packB = shape.transposeB === true || (choices.packB ?? (large && k * n * element >= 2 ** 16));
  // A panel of B (k x 32 bytes) should stay in the first-level cache beside the rows of A: half of 32 KiB (measured: 256 is 3 % slower at 1024).
  const mostK = 512;
  const blockK = choices.blockK ?? (packA && packB && k > mostK ? Math.ceil(k / Math.ceil(k / mostK)) : k);
  const panelFunctions = choices.panelFunctions ?? m * n * k >= panelFunctionWork;
  const tiles = planTiles(shape, features);
  // Rows of A pass by once for each panel of B, and should be found in the caches, and so should their pages: a few tiles, packed four at once (measured: 48 rows
  // are faster than as many as the second-level cache holds). A that fits that cache is not cut, nor where small tiles multiply so slowly that it keeps up.
  const mostM = choices.blockM ?? (features.manyRegisters && m * blockK * element > 2 ** 20 ? 48 : m);
  const blockM = roundUp(mostM, tiles.rows[0]?.height ?? 1);
  const lanes = laneCountOf(dtype);
  // Packing A writes whole vectors and so up to 16 bytes past its end.
  const packedB = packA ? roundUp(m * blockK * element + 16, 64) : 0;
  const columns = roundUp(n, lanes);
  return { ...tiles, packA, packB, blockK, blockM, panelFunctions, packedB, scratchBytes: packedB + (packB ? columns * blockK * element : 0) };
}

/**
 * Bytes of scratch memory that the generated function needs at its scratch address.
 *
 * @param shape - sizes and storage
 * @param features - what the engine offers; default: what the running engine has
 */
export function matmulScratchBytes(shape: MatmulShape, features: Features = detectFeatures()): number {
  return planMatmul(shape, features).scratchBytes;
}

function roundUp(value: number, multiple: number): number {
  return Math.ceil(value / multiple) * multiple;
}
