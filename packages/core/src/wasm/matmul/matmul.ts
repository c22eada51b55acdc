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

/** Rows or columns; numbers stand for all of them. */
interface Range {
  readonly from: number | Local;
  readonly to: number | Local;
}

/** What is computed in one go: a part of the sum over k, for some rows. */
interface Block extends Range {
  /** First k; undefined stands for 0. */
  readonly first: Local | undefined;
  readonly size: number | Local;
  /** Bytes of one packed row of A or column of B. */
  readonly bytes: number | Local;
}

/** A block in one panel of B. */
interface PanelBlock extends Block {
  /** The panel's first column. */
  readonly column: Local;
  /** Address of the panel. */
  readonly panel: Local;
}

/** A or B: a row of A or a column of B is an item, which has one element for each k. */
interface Factor {
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
  /** The columns of C that this call computes or packs. */
  readonly columns: Range;
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
    const { m, n, k } = spec;
    const [from = 0, to = m] = spec.part === undefined ? [] : w.parameters.slice(-2);
    const cutsColumns = spec.part === "columns" || spec.part === "packing";
    const rows = cutsColumns ? { from: 0, to: m } : { from, to };
    const elementBytes = elementBytesOf(spec.dtype);
    const factor = (base: Local, count: number, neighbors: boolean, packed: Local | undefined): Factor => ({
      base, packed, step: neighbors ? count * elementBytes : elementBytes, stride: neighbors ? elementBytes : k * elementBytes,
    });
    const a = factor(baseOfA, m, spec.transposeA === true, plan.packA ? packedA : undefined);
    const b = factor(baseOfB, n, spec.transposeB !== true, plan.packB ? packedB : undefined);
    const code: Code = { module, w, spec, plan, elementBytes, a, b, c, columns: cutsColumns ? { from, to } : { from: 0, to: n } };
    if (plan.blockK >= k) {
      writeBlock(code, { first: undefined, size: k, bytes: k * elementBytes, ...rows });
      return;
    }
    const first = w.local("i32");
    w.for({ counter: first, from: 0, to: k, step: plan.blockK }, () => {
      w.op("i32.sub", k, first);
      const size = minimum(w, w.keep("i32"), plan.blockK);
      w.op("i32.mul", size, elementBytes);
      writeBlock(code, { first, size, bytes: w.keep("i32"), ...rows });
    });
  });
}

/** A local with `value`, or with `other` where the comparison of `value` with `limit` does not hold. */
function choose(w: FunctionWriter, value: Local, other: number | Local, comparison: "i32.gt_s" | "i32.lt_s", limit = other): Local {
  w.push(value);
  w.push(other);
  w.op(comparison, value, limit);
  w.op("select");
  return w.keep("i32");
}

/** A local with the smaller of two numbers. */
function minimum(w: FunctionWriter, value: Local, limit: number): Local {
  return choose(w, value, limit, "i32.lt_s");
}

/** The part of a group of tiles that lies in a range. */
function within(w: FunctionWriter, range: Range, { from, to }: { readonly from: number; readonly to: number }): Range {
  return {
    from: typeof range.from === "number" ? from : choose(w, range.from, from, "i32.gt_s"),
    to: typeof range.to === "number" ? to : minimum(w, range.to, to),
  };
}

/** How many columns a panel covers, whether they are all inside C or not. */
function panelWidth({ spec }: Code, group: PanelGroup): number {
  return group.vectors * laneCountOf(spec.dtype);
}

function writeBlock(code: Code, block: Block): void {
  const { plan, spec, b } = code;
  if (spec.part !== "rowsOfPacked") for (const group of plan.panels) pack(code, block, b, code.columns, { ...group, width: panelWidth(code, group) });
  if (spec.part === "packing") return;
  const { w } = code;
  const [tiles] = plan.rows;
  if (tiles === undefined || plan.blockM >= spec.m) {
    writeRows(code, block);
    return;
  }
  // A block ends between two tiles of the first height; the last one has also what is left of them, and the rows in tiles of other heights.
  const from = w.local("i32");
  w.set(from, block.from);
  w.loop((again) => {
    w.op("i32.add", from, plan.blockM);
    const to = choose(w, w.keep("i32"), block.to, "i32.lt_s", within(w, block, tiles).to);
    writeRows(code, { ...block, from, to });
    w.set(from, to);
    w.op("i32.lt_s", from, block.to);
    w.brIf(again);
  });
}

function writeRows(code: Code, block: Block): void {
  const { plan, a } = code;
  for (const { from, to, height } of plan.rows) pack(code, block, a, block, { from, to, width: height });
  for (const group of plan.panels) writePanelGroup(code, block, group);
}

/** Copies a group of items into scratch memory, where the elements for one k are neighbors. */
function pack(code: Code, block: Block, factor: Factor, range: Range, group: ItemGroup): void {
  const { w, elementBytes } = code;
  if (factor.packed === undefined) return;
  const item = w.local("i32");
  const { from, to } = within(w, range, group);
  w.set(item, from);
  const inRows = factor.stride === elementBytes;
  // Several panels at once as long as there are so many, then one by one.
  for (const together of inRows ? [panelsTogether, 1] : [1]) {
    const source = w.local("i32");
    const targets = Array.from({ length: together }, () => w.local("i32"));
    w.op("i32.sub", to, (together - 1) * group.width);
    w.for({ counter: item, from: item, to: w.keep("i32"), step: together * group.width }, () => {
      w.set(source, () => { pushSource(w, block, factor, item); });
      targets.forEach((target, panel) => {
        w.op("i32.add", item, panel * group.width);
        w.set(target, () => { pushPlace(code, block, factor, w.keep("i32")); });
      });
      const width = Math.min(group.width, group.to - group.from);
      const copy = { elementBytes, width, targetWidth: group.width, steps: block.size, source };
      if (inRows) packRows(w, { ...copy, targets, sourceStride: factor.step });
      else packColumns(w, { ...copy, target: existing(targets[0], "target"), sourceStride: factor.stride });
    });
  }
}

function writePanelGroup(code: Code, block: Block, group: PanelGroup): void {
  const { w, b, plan } = code;
  const column = w.local("i32");
  const panel = w.local("i32");
  const write = plan.panelFunctions ? callRowGroup : writeRowGroup;
  w.for({ counter: column, ...within(w, code.columns, group), step: panelWidth(code, group) }, () => {
    w.set(panel, () => { pushPlace(code, block, b, column); });
    for (const rows of plan.rows) write(code, { ...block, column, panel }, group, rows);
  });
}

/** As {@link writeRowGroup}, in a function of its own, whose parameters begin with those of the product. */
function callRowGroup(code: Code, block: PanelBlock, group: PanelGroup, rows: RowGroup): void {
  const { module, w } = code;
  const values = { ...block };
  const given = [...w.parameters, ...Object.values(values).filter((value) => typeof value === "object")];
  const target = module.addFunction(undefined, { parameters: given.map(({ type }) => type), results: [] }, (own) => {
    const renamed = Object.entries(values).map(([name, value]) => [name, own.parameters[given.indexOf(value as Local)] ?? value]);
    // The same entries: locals have become parameters, numbers have stayed.
    writeRowGroup({ ...code, w: own }, Object.fromEntries(renamed) as PanelBlock, group, rows);
  });
  for (const local of given) w.get(local);
  w.call(target);
}

function writeRowGroup(code: Code, block: PanelBlock, group: PanelGroup, rows: RowGroup): void {
  const { w, spec, elementBytes } = code;
  const { column, panel } = block;
  const { height } = rows;
  const row = w.local("i32");
  const a = w.local("i32");
  const b = w.local("i32");
  const offset = w.local("i32");
  const width = Math.min(panelWidth(code, group), group.to - group.from);
  w.for({ counter: row, ...within(w, block, rows), step: height }, () => {
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

function startTile(w: FunctionWriter, block: Block, place: TilePlace, sums: readonly (readonly Local[])[]): void {
  if (block.first === undefined) {
    clearTile(w, sums);
    return;
  }
  w.get(block.first);
  w.if(() => { loadTile(w, place, sums); }, () => { clearTile(w, sums); });
}

function endTile(code: Code, block: Block, place: TilePlace, sums: readonly (readonly Local[])[]): void {
  const { w, spec, plan } = code;
  if (block.first === undefined || spec.epilogue === undefined) {
    finishTile(w, spec, place, sums);
    return;
  }
  // Is this the last block?
  w.op("i32.lt_s", block.first, spec.k - plan.blockK);
  w.if(() => { storeTile(w, place, sums); }, () => { finishTile(w, spec, place, sums); });
}

/** Pushes the address of an item's element at the start of the block, where the matrix has it. */
function pushSource(w: FunctionWriter, block: Block, factor: Factor, item: Local): void {
  pushAffine(w, factor.base, [[block.first, factor.step], [item, factor.stride]]);
}

/** Pushes the address where tiles find an item: packed or not. */
function pushPlace({ w }: Code, block: Block, factor: Factor, item: Local): void {
  if (factor.packed === undefined) pushSource(w, block, factor, item);
  else pushAffine(w, factor.packed, [[item, block.bytes]]);
}
