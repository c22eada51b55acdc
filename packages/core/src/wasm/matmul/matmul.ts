import { existing } from "../../errors.ts";
import { pushAffine } from "../affine.ts";
import type { FunctionWriter } from "../function-writer.ts";
import type { ModuleWriter } from "../module-writer.ts";
import type { FunctionIndex, Local } from "../types.ts";
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
  /** Bytes of one packed row of A or column of B. */
  readonly bytes: number | Local;
}

/** A or B: a row of A or a column of B is an item, which has one element for each k. */
interface Factor {
  readonly items: "rows" | "columns";
  readonly base: Local;
  /** Bytes from one k to the next. */
  readonly step: number;
  /** Bytes from one item to the next. */
  readonly stride: number;
  /** Where it is packed, if it is. */
  readonly packed: Local | undefined;
}

/** Panels that are packed at once where their elements are neighbors: four of 32 bytes are two lines of cache. */
const panelsTogether = 4;

/** Items that are packed or multiplied together, `width` at a time. */
interface ItemGroup {
  readonly from: number;
  readonly to: number;
  readonly width: number;
}

/** What all parts of the code need. */
interface Code {
  readonly module: ModuleWriter;
  readonly w: FunctionWriter;
  readonly spec: MatmulSpec;
  readonly plan: MatmulPlan;
  readonly elementBytes: 4 | 8;
  readonly a: Factor;
  readonly b: Factor;
  readonly c: Local;
  /** The rows or columns to handle, if not all. */
  readonly part: { readonly items: Factor["items"]; readonly from: Local; readonly to: Local } | undefined;
}

/**
 * Adds a function that computes C = op(A)·op(B) for fixed sizes.
 *
 * Its parameters are the byte addresses of a, b, c, the packed A and, `plan.packedB` bytes after it unless threads share it, the packed B; then
 * the extra parameters. Nothing is stored outside of C and the {@link matmulScratchBytes} of scratch memory; up to 16 bytes behind A, B and C may be read. C must not overlap A, B or scratch memory.
 *
 * @param module - module to add the function to
 * @param spec - sizes, storage and epilogue
 * @param plan - tiles and blocking; default: chosen from the sizes
 * @returns the function
 * @see Goto and van de Geijn, "Anatomy of high-performance matrix multiplication", 2008
 */
export function emitMatmul(module: ModuleWriter, spec: MatmulSpec, plan: MatmulPlan = planMatmul(spec, module.features)): FunctionIndex {
  const bounds = spec.part === undefined ? [] : (["i32", "i32"] as const);
  const parameters = ["i32", "i32", "i32", "i32", "i32", ...(spec.extraParameters ?? []), ...bounds] as const;
  return module.addFunction(spec.name, { parameters, results: [] }, (w) => {
    const [baseOfA, baseOfB, c, packedA, packedB] = w.parameters;
    if (baseOfA === undefined || baseOfB === undefined || c === undefined) return;
    const [from, to] = spec.part === undefined ? [] : w.parameters.slice(-2);
    const items = spec.part === "columns" || spec.part === "packing" ? "columns" : "rows";
    const part = from === undefined || to === undefined ? undefined : { items, from, to } as const;
    const { m, n, k } = spec;
    const elementBytes = elementBytesOf(spec.dtype);
    const factor = (items: Factor["items"], base: Local, count: number, neighbors: boolean, packed: Local | undefined): Factor => ({
      items, base, packed, step: neighbors ? count * elementBytes : elementBytes, stride: neighbors ? elementBytes : k * elementBytes,
    });
    const a = factor("rows", baseOfA, m, spec.transposeA === true, plan.packA ? packedA : undefined);
    const b = factor("columns", baseOfB, n, spec.transposeB !== true, plan.packB ? packedB : undefined);
    const code: Code = { module, w, spec, plan, elementBytes, a, b, c, part };
    if (plan.blockK >= k) {
      writeBlock(code, { from: undefined, size: k, bytes: k * elementBytes });
      return;
    }
    const first = w.local("i32");
    w.for({ counter: first, from: 0, to: k, step: plan.blockK }, () => {
      w.op("i32.sub", k, first);
      const size = minimum(w, w.keep("i32"), plan.blockK);
      w.op("i32.mul", size, elementBytes);
      writeBlock(code, { from: first, size, bytes: w.keep("i32") });
    });
  });
}

/** A local with the smaller of two numbers. */
function minimum(w: FunctionWriter, value: Local, limit: number): Local {
  return chosen(w, value, limit, "i32.lt_s");
}

/** A local with `value`, or with `limit` where the comparison of the two does not hold. */
function chosen(w: FunctionWriter, value: Local, limit: number, comparison: "i32.gt_s" | "i32.lt_s"): Local {
  w.push(value);
  w.push(limit);
  w.op(comparison, value, limit);
  w.op("select");
  return w.keep("i32");
}

/** The bounds of a group of tiles, or of what this call computes of them. */
function within({ w, part }: Code, items: Factor["items"], { from, to }: { readonly from: number; readonly to: number }): { readonly from: number | Local; readonly to: number | Local } {
  if (part?.items !== items) return { from, to };
  return { from: chosen(w, part.from, from, "i32.gt_s"), to: minimum(w, part.to, to) };
}

/** How many columns a panel covers, whether they are all inside C or not. */
function panelWidth({ spec }: Code, group: PanelGroup): number {
  return group.vectors * laneCountOf(spec.dtype);
}

function writeBlock(code: Code, block: BlockOfK): void {
  const { plan, spec, a, b } = code;
  if (spec.part !== "rowsOfPacked") for (const group of plan.panels) pack(code, block, b, { ...group, width: panelWidth(code, group) });
  if (spec.part === "packing") return;
  for (const { from, to, height } of plan.panels[0]?.rows ?? []) pack(code, block, a, { from, to, width: height });
  for (const group of plan.panels) writePanelGroup(code, block, group);
}

/** Copies a group of items into scratch memory, where the elements for one k are neighbors. */
function pack(code: Code, block: BlockOfK, factor: Factor, group: ItemGroup): void {
  const { w, elementBytes } = code;
  if (factor.packed === undefined) return;
  const item = w.local("i32");
  const { from, to } = within(code, factor.items, group);
  w.set(item, from);
  if (factor.stride === elementBytes) {
    w.op("i32.sub", to, (panelsTogether - 1) * group.width);
    packPanels(code, block, factor, group, { item, to: w.keep("i32"), together: panelsTogether });
  }
  packPanels(code, block, factor, group, { item, to, together: 1 });
}

/** Panels that begin before an item, from where the counter stands, several at a time. */
interface PanelRange {
  readonly item: Local;
  readonly to: number | Local;
  readonly together: number;
}

function packPanels(code: Code, block: BlockOfK, factor: Factor, group: ItemGroup, { item, to, together }: PanelRange): void {
  const { w, elementBytes } = code;
  const source = w.local("i32");
  const targets = Array.from({ length: together }, () => w.local("i32"));
  w.for({ counter: item, from: item, to, step: together * group.width }, () => {
    w.set(source, () => { pushSource(w, block, factor, item); });
    targets.forEach((target, panel) => {
      w.op("i32.add", item, panel * group.width);
      w.set(target, () => { pushPlace(code, block, factor, w.keep("i32")); });
    });
    const width = Math.min(group.width, group.to - group.from);
    const copy = { elementBytes, width, targetWidth: group.width, steps: block.size, source };
    if (factor.stride === elementBytes) packRows(w, { ...copy, targets, sourceStride: factor.step });
    else packColumns(w, { ...copy, target: existing(targets[0], "target"), sourceStride: factor.stride });
  });
}

function writePanelGroup(code: Code, block: BlockOfK, group: PanelGroup): void {
  const { w, b, plan } = code;
  const column = w.local("i32");
  const panel = w.local("i32");
  const write = plan.panelFunctions ? callRowGroup : writeRowGroup;
  w.for({ counter: column, ...within(code, "columns", group), step: panelWidth(code, group) }, () => {
    w.set(panel, () => { pushPlace(code, block, b, column); });
    for (const rows of group.rows) write(code, block, group, rows, column, panel);
  });
}

/** As {@link writeRowGroup}, in a function of its own, whose parameters begin with those of the product. */
function callRowGroup(code: Code, block: BlockOfK, group: PanelGroup, rows: RowGroup, column: Local, panel: Local): void {
  const { module, w } = code;
  const ofBlock = [block.from, block.size, block.bytes].filter((value) => typeof value === "object");
  const given = [...w.parameters, column, panel, ...ofBlock];
  const target = module.addFunction(undefined, { parameters: given.map(({ type }) => type), results: [] }, (own) => {
    const [ownColumn = column, ownPanel = panel, from, size = block.size, bytes = block.bytes] = own.parameters.slice(w.parameters.length);
    writeRowGroup({ ...code, w: own }, { from, size, bytes }, group, rows, ownColumn, ownPanel);
  });
  for (const local of given) w.get(local);
  w.call(target);
}

function writeRowGroup(code: Code, block: BlockOfK, group: PanelGroup, rows: RowGroup, column: Local, panel: Local): void {
  const { w, spec, elementBytes } = code;
  const { height } = rows;
  const row = w.local("i32");
  const a = w.local("i32");
  const b = w.local("i32");
  const offset = w.local("i32");
  const width = Math.min(panelWidth(code, group), group.to - group.from);
  w.for({ counter: row, ...within(code, "rows", rows), step: height }, () => {
    w.set(a, () => { pushPlace(code, block, code.a, row); });
    w.set(b, panel);
    w.set(offset, () => { pushAffine(w, 0, [[row, spec.n * elementBytes], [column, elementBytes]]); });

    const lanes = spec.dtype === "f32" ? "f32x4" as const : "f64x2" as const;
    const place: TilePlace = { lanes, elementBytes, row, column, offset, columns: spec.n, width, c: code.c };
    const isPacked = code.a.packed !== undefined;
    const tile = {
      lanes, height, vectors: group.vectors, steps: block.size, a, b,
      aStep: isPacked ? height * elementBytes : code.a.step,
      aRow: isPacked ? elementBytes : code.a.stride,
      bStep: code.b.packed === undefined ? code.b.step : 16 * group.vectors,
    };
    const sums = tileAccumulators(w, tile);
    startTile(w, block, place, sums);
    accumulateTile(w, tile, sums);
    endTile(code, block, place, sums);
  });
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
  const { w, spec, plan } = code;
  if (block.from === undefined || spec.epilogue === undefined) {
    finishTile(w, spec, place, sums);
    return;
  }
  // Is this the last block?
  w.op("i32.lt_s", block.from, spec.k - plan.blockK);
  w.if(() => { storeTile(w, place, sums); }, () => { finishTile(w, spec, place, sums); });
}

/** Pushes the address of an item's element at the start of the block, where the matrix has it. */
function pushSource(w: FunctionWriter, block: BlockOfK, factor: Factor, item: Local): void {
  pushAffine(w, factor.base, [[block.from, factor.step], [item, factor.stride]]);
}

/** Pushes the address where tiles find an item: packed or not. */
function pushPlace({ w }: Code, block: BlockOfK, factor: Factor, item: Local): void {
  if (factor.packed === undefined) pushSource(w, block, factor, item);
  else pushAffine(w, factor.packed, [[item, block.bytes]]);
}
