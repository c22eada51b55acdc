import type { FunctionWriter } from "../function-writer.ts";
import type { Local } from "../types.ts";
import { storeElements } from "../store-elements.ts";
import { advance, wholeRounds } from "./steps.ts";

/** A panel to be packed: `width` elements of each of `steps` values of k, put next to each other, k after k. */
export interface PanelCopy {
  readonly elementBytes: 4 | 8;
  /** Elements of the panel in the source. */
  readonly width: number;
  /** Elements from one k to the next in the target; at least `width`. */
  readonly targetWidth: number;
  /** Bytes between rows of the source. */
  readonly sourceStride: number;
  readonly steps: number | Local;
  /** Address of the panel's first element; changed. */
  readonly source: Local;
  /** Address of the packed panel; changed. */
  readonly target: Local;
}

/** Panels whose columns are neighbors in the source, each with a target of its own. */
export interface PanelCopies extends Omit<PanelCopy, "target"> {
  readonly targets: readonly Local[];
}

/**
 * Packs panels whose elements for one k are neighbors in the source ([k, total], row-major): several at a time, so that each line of
 * cache is read once.
 */
export function packRows(w: FunctionWriter, copies: PanelCopies): void {
  const { width, elementBytes, source, targets } = copies;
  const counter = w.local("i32");
  const lanes = 16 / elementBytes;
  w.for({ counter, from: 0, to: copies.steps, step: 1 }, () => {
    targets.forEach((target, panel) => {
      for (let first = 0; first < width; first += lanes) {
        w.load("v128.load", (panel * width + first) * elementBytes, source);
        storeElements(w, target, first * elementBytes, w.keep(), elementBytes, storedCount(copies, first, width - first));
      }
      advance(w, target, copies.targetWidth * elementBytes);
    });
    advance(w, source, copies.sourceStride);
  });
}

/**
 * Packs a panel whose elements for one k lie in different rows of the source ([total, k], row-major): a transposition.
 *
 * Squares of a vector's width are transposed in registers; the steps of k that are left over are gathered element by element.
 */
export function packColumns(w: FunctionWriter, copy: PanelCopy): void {
  const { elementBytes, source, target, steps } = copy;
  const lanes = 16 / elementBytes;
  const counter = w.local("i32");
  const rest = w.local("i32");
  const squares = wholeRounds(w, steps, lanes);
  w.for({ counter, from: 0, to: squares, step: lanes }, () => {
    eachGroup(copy, lanes, (first, count) => { transposeSquare(w, copy, first, count); });
    advance(w, source, lanes * elementBytes);
    advance(w, target, lanes * copy.targetWidth * elementBytes);
  });
  w.for({ counter: rest, from: squares, to: steps, step: 1 }, () => {
    eachGroup(copy, lanes, (first, count) => { gatherElements(w, copy, first, count); });
    advance(w, source, elementBytes);
    advance(w, target, copy.targetWidth * elementBytes);
  });
}

/** Cuts the panel's width into groups of a vector's width. */
function eachGroup(copy: PanelCopy, lanes: number, body: (first: number, count: number) => void): void {
  for (let first = 0; first < copy.width; first += lanes) body(first, Math.min(lanes, copy.width - first));
}

/** Where the target has room for a whole vector it is written whole: garbage in the padding is never stored in C. */
function storedCount(copy: Pick<PanelCopy, "elementBytes" | "targetWidth">, first: number, count: number): number {
  const lanes = 16 / copy.elementBytes;
  return first + lanes <= copy.targetWidth ? lanes : count;
}

function transposeSquare(w: FunctionWriter, copy: PanelCopy, first: number, count: number): void {
  const { elementBytes, source, target } = copy;
  const lanes = 16 / elementBytes;
  // Rows beyond the panel's end are replaced by its last row, so that nothing outside the source is read.
  const rows = Array.from({ length: lanes }, (_, lane) => {
    w.load("v128.load", (first + Math.min(lane, count - 1)) * copy.sourceStride, source);
    return w.keep();
  });
  transposed(w, rows).forEach((vector, step) => {
    const offset = (step * copy.targetWidth + first) * elementBytes;
    storeElements(w, target, offset, vector, elementBytes, storedCount(copy, first, count));
  });
}

function shuffled(w: FunctionWriter, a: Local, b: Local, lanes: readonly number[]): Local {
  w.shuffle(lanes, a, b);
  return w.keep();
}

/** The transposed square of 4 vectors of 4 elements, or of 2 vectors of 2 elements. */
function transposed(w: FunctionWriter, rows: readonly Local[]): readonly Local[] {
  const [a, b, c, d] = rows;
  if (a === undefined || b === undefined) return rows;
  if (c === undefined || d === undefined) return [shuffled(w, a, b, [0, 2]), shuffled(w, a, b, [1, 3])];
  const lowAB = shuffled(w, a, b, [0, 4, 1, 5]);
  const lowCD = shuffled(w, c, d, [0, 4, 1, 5]);
  const highAB = shuffled(w, a, b, [2, 6, 3, 7]);
  const highCD = shuffled(w, c, d, [2, 6, 3, 7]);
  return [
    shuffled(w, lowAB, lowCD, [0, 2]), shuffled(w, lowAB, lowCD, [1, 3]),
    shuffled(w, highAB, highCD, [0, 2]), shuffled(w, highAB, highCD, [1, 3]),
  ];
}

function gatherElements(w: FunctionWriter, copy: PanelCopy, first: number, count: number): void {
  const { elementBytes, source, target } = copy;
  w.load(elementBytes === 4 ? "v128.load32_zero" : "v128.load64_zero", first * copy.sourceStride, source);
  const vector = w.keep();
  for (let lane = 1; lane < count; lane += 1) {
    w.loadLane(elementBytes === 4 ? "v128.load32_lane" : "v128.load64_lane", (first + lane) * copy.sourceStride, lane, source, vector);
    w.set(vector);
  }
  const offset = first * elementBytes;
  storeElements(w, target, offset, vector, elementBytes, storedCount(copy, first, count));
}
