import type { FunctionWriter } from "../function-writer.ts";
import type { ModuleWriter } from "../module-writer.ts";
import type { FunctionReference, Local } from "../types.ts";
import { finishTile, loadTile, storeTile, type TilePlace } from "./epilogue.ts";
import { packColumns, packRows } from "./pack.ts";
import { elementBytesOf, laneCountOf, planMatmul, type MatmulPlan, type PanelGroup, type RowGroup } from "./plan.ts";
import type { MatmulSpec } from "./spec.ts";
import { accumulateTile, clearTile, tileAccumulators } from "./tile.ts";

/** The part of the sum over k that is computed in one go. */
interface BlockOfK {
  /** First k; undefined stands for 0. */
  readonly from: Local | undefined;
  readonly size: number | Local;
}

/** What all parts of the code need. */
interface Code {
  readonly w: FunctionWriter;
  readonly spec: MatmulSpec;
  readonly plan: MatmulPlan;
  readonly elementBytes: 4 | 8;
  readonly a: Local;
  readonly b: Local;
  readonly c: Local;
  readonly scratch: Local;
  /** The rows or columns to compute, if not all. */
  readonly part: { readonly from: Local; readonly to: Local } | undefined;
}

/**
 * Adds a function that computes C = op(A)·op(B) for fixed sizes.
 *
 * Its parameters are the byte addresses of a, b, c and scratch memory, then the extra parameters. Nothing is stored outside of C and the
 * {@link matmulScratchBytes} of scratch memory; up to 16 bytes behind A, B and C may be read. C must not overlap A, B or scratch memory.
 *
 * @param module - module to add the function to
 * @param spec - sizes, storage and epilogue
 * @param plan - tiles and blocking; default: chosen from the sizes
 * @returns the function
 * @see Goto and van de Geijn, "Anatomy of high-performance matrix multiplication", 2008
 */
export function emitMatmul(module: ModuleWriter, spec: MatmulSpec, plan: MatmulPlan = planMatmul(spec, module.features)): FunctionReference {
  const bounds = spec.part === undefined ? [] : (["i32", "i32"] as const);
  const parameters = ["i32", "i32", "i32", "i32", ...(spec.extraParameters ?? []), ...bounds] as const;
  return module.addFunction(spec.name, { parameters, results: [] }, (w) => {
    const [a, b, c, scratch] = w.parameters;
    if (a === undefined || b === undefined || c === undefined || scratch === undefined) return;
    const [first, end] = spec.part === undefined ? [] : w.parameters.slice(-2);
    const part = first === undefined || end === undefined ? undefined : { from: first, to: end };
    const code: Code = { w, spec, plan, elementBytes: elementBytesOf(spec.dtype), a, b, c, scratch, part };
    if (plan.blockK >= spec.k) {
      writeBlock(code, { from: undefined, size: spec.k });
      return;
    }
    const from = w.local("i32");
    const size = w.local("i32");
    w.for({ counter: from, from: 0, to: spec.k, step: plan.blockK }, () => {
      w.i32(plan.blockK);
      pushRemaining(w, spec.k, from);
      pushRemaining(w, spec.k, from);
      w.i32(plan.blockK);
      w.op("i32.gt_s");
      w.op("select");
      w.set(size);
      writeBlock(code, { from, size });
    });
  });
}

/** The bounds of a group of tiles, or of what this call computes of them. */
function within({ w, spec, part }: Code, axis: "rows" | "columns", { from, to }: { readonly from: number; readonly to: number }): { readonly from: number | Local; readonly to: number | Local } {
  if (part === undefined || spec.part !== axis) return { from, to };
  return { from: bounded(w, part.from, from, "i32.gt_s"), to: bounded(w, part.to, to, "i32.lt_s") };
}

/** A local with `bound`, or with `limit` where the comparison does not hold for `bound`. */
function bounded(w: FunctionWriter, bound: Local, limit: number, holds: "i32.gt_s" | "i32.lt_s"): Local {
  const result = w.local("i32");
  w.get(bound);
  w.i32(limit);
  w.get(bound);
  w.i32(limit);
  w.op(holds);
  w.op("select");
  w.set(result);
  return result;
}

/** Pushes k - from. */
function pushRemaining(w: FunctionWriter, k: number, from: Local): void {
  w.i32(k);
  w.get(from);
  w.op("i32.sub");
}

function writeBlock(code: Code, block: BlockOfK): void {
  const { plan } = code;
  if (plan.packA) for (const group of plan.panels[0]?.rows ?? []) packRowGroup(code, block, group);
  if (plan.packB) for (const group of plan.panels) packPanelGroup(code, block, group);
  for (const group of plan.panels) writePanelGroup(code, block, group);
}

function packRowGroup(code: Code, block: BlockOfK, group: RowGroup): void {
  const { w, spec, elementBytes } = code;
  const row = w.local("i32");
  const source = w.local("i32");
  const target = w.local("i32");
  w.for({ counter: row, ...within(code, "rows", group), step: group.height }, () => {
    sourceOfA(code, block, row);
    w.set(source);
    packedAddress(code, block, row, 0);
    w.set(target);
    const copy = { elementBytes, width: group.height, targetWidth: group.height, steps: block.size, source, target };
    if (spec.transposeA === true) packRows(w, { ...copy, sourceStride: spec.m * elementBytes });
    else packColumns(w, { ...copy, sourceStride: spec.k * elementBytes });
  });
}

function packPanelGroup(code: Code, block: BlockOfK, group: PanelGroup): void {
  const { w, spec, plan, elementBytes } = code;
  const column = w.local("i32");
  const source = w.local("i32");
  const target = w.local("i32");
  const targetWidth = group.vectors * laneCountOf(spec.dtype);
  const width = Math.min(targetWidth, group.to - group.from);
  w.for({ counter: column, ...within(code, "columns", group), step: targetWidth }, () => {
    sourceOfB(code, block, column);
    w.set(source);
    packedAddress(code, block, column, plan.packedB);
    w.set(target);
    const copy = { elementBytes, width, targetWidth, steps: block.size, source, target };
    if (spec.transposeB === true) packColumns(w, { ...copy, sourceStride: spec.k * elementBytes });
    else packRows(w, { ...copy, sourceStride: spec.n * elementBytes });
  });
}

function writePanelGroup(code: Code, block: BlockOfK, group: PanelGroup): void {
  const { w, spec, plan } = code;
  const column = w.local("i32");
  const panel = w.local("i32");
  w.for({ counter: column, ...within(code, "columns", group), step: group.vectors * laneCountOf(spec.dtype) }, () => {
    if (plan.packB) packedAddress(code, block, column, plan.packedB);
    else sourceOfB(code, block, column);
    w.set(panel);
    for (const rows of group.rows) writeRowGroup(code, block, group, rows, column, panel);
  });
}

function writeRowGroup(code: Code, block: BlockOfK, group: PanelGroup, rows: RowGroup, column: Local, panel: Local): void {
  const { w, spec, plan, elementBytes } = code;
  const row = w.local("i32");
  const a = w.local("i32");
  const b = w.local("i32");
  const offset = w.local("i32");
  const width = Math.min(group.vectors * laneCountOf(spec.dtype), group.to - group.from);
  w.for({ counter: row, ...within(code, "rows", rows), step: rows.height }, () => {
    if (plan.packA) packedAddress(code, block, row, 0);
    else sourceOfA(code, block, row);
    w.set(a);
    w.get(panel);
    w.set(b);
    pushIndex(w, row, spec.n, column, elementBytes);
    w.set(offset);

    const lanes = spec.dtype === "f32" ? "f32x4" as const : "f64x2" as const;
    const place: TilePlace = { lanes, elementBytes, row, column, offset, columns: spec.n, width, c: code.c };
    const tile = { lanes, height: rows.height, vectors: group.vectors, steps: block.size, a, b, ...strides(code, rows.height, group.vectors) };
    const sums = tileAccumulators(w, tile);
    startTile(w, block, place, sums);
    accumulateTile(w, tile, sums);
    endTile(code, block, place, sums);
  });
}

/** Byte distances in A and B as the tile sees them, packed or not. */
function strides(code: Code, height: number, vectors: number): { readonly aStep: number; readonly aRow: number; readonly bStep: number } {
  const { spec, plan, elementBytes } = code;
  const bStep = plan.packB ? 16 * vectors : spec.n * elementBytes;
  if (plan.packA) return { aStep: height * elementBytes, aRow: elementBytes, bStep };
  if (spec.transposeA === true) return { aStep: spec.m * elementBytes, aRow: elementBytes, bStep };
  return { aStep: elementBytes, aRow: spec.k * elementBytes, bStep };
}

function startTile(w: FunctionWriter, block: BlockOfK, place: TilePlace, sums: readonly (readonly Local[])[]): void {
  if (block.from === undefined) {
    clearTile(w, sums);
    return;
  }
  w.get(block.from);
  w.if(() => { loadTile(w, place, sums); }, () => { clearTile(w, sums); });
}

function endTile(code: Code, block: BlockOfK, place: TilePlace, sums: readonly (readonly Local[])[]): void {
  const { w, spec } = code;
  if (block.from === undefined || spec.epilogue === undefined) {
    finishTile(w, spec, place, sums);
    return;
  }
  pushRemaining(w, spec.k, block.from);
  w.i32(code.plan.blockK);
  w.op("i32.le_s");
  w.if(() => { finishTile(w, spec, place, sums); }, () => { storeTile(w, place, sums); });
}

/** Pushes (row·columns + column)·elementBytes; an undefined local stands for 0. */
function pushIndex(w: FunctionWriter, row: Local | undefined, columns: number, column: Local | undefined, elementBytes: number): void {
  w.i32(0);
  if (row !== undefined) {
    w.get(row);
    w.i32(columns * elementBytes);
    w.op("i32.mul");
    w.op("i32.add");
  }
  if (column !== undefined) {
    w.get(column);
    w.i32(elementBytes);
    w.op("i32.mul");
    w.op("i32.add");
  }
}

/** Pushes the address of the element of A in this row at the start of the block. */
function sourceOfA(code: Code, block: BlockOfK, row: Local): void {
  const { w, spec, elementBytes } = code;
  w.get(code.a);
  if (spec.transposeA === true) pushIndex(w, block.from, spec.m, row, elementBytes);
  else pushIndex(w, row, spec.k, block.from, elementBytes);
  w.op("i32.add");
}

/** Pushes the address of the element of B in this column at the start of the block. */
function sourceOfB(code: Code, block: BlockOfK, column: Local): void {
  const { w, spec, elementBytes } = code;
  w.get(code.b);
  if (spec.transposeB === true) pushIndex(w, column, spec.k, block.from, elementBytes);
  else pushIndex(w, block.from, spec.n, column, elementBytes);
  w.op("i32.add");
}

/** Pushes the address in scratch memory of the packed rows or columns from `first` on. */
function packedAddress(code: Code, block: BlockOfK, first: Local, offset: number): void {
  const { w, elementBytes } = code;
  w.get(code.scratch);
  w.i32(offset);
  w.op("i32.add");
  w.get(first);
  if (typeof block.size === "number") w.i32(block.size);
  else w.get(block.size);
  w.op("i32.mul");
  w.i32(elementBytes);
  w.op("i32.mul");
  w.op("i32.add");
}
