import { existing } from "../../errors.ts";
import type { CollapsedLoop } from "../../compile/collapse.ts";
import { collapseAxes } from "../../compile/collapse.ts";
import { paddedBytes } from "../../compile/memory-plan.ts";
import { functionCosts } from "../../compile/costs.ts";
import type { KernelStore, KernelValue, LoopKernel } from "../../compile/kernel.ts";
import type { Staging } from "../../compile/stages.ts";
import { operandsOf, stageKernel } from "../../compile/stages.ts";
import { itemSize } from "../../tensor/dtype.ts";
import type { DType } from "../../tensor/dtype.ts";
import type { Unit } from "./body.ts";
import type { LaneCount } from "./lanes.ts";
import { axesOfValues, movingAxes } from "./moving.ts";

/** A value that one pass computes and a later one needs again: kept in scratch memory since computing it is dear. */
export interface Spill {
  readonly value: number;
  readonly stage: number;
  /** Byte offset in the kernel's scratch memory. */
  readonly offset: number;
}

/** A stretch of the vector axis: a loop whose every iteration handles some vectors. */
export interface Segment {
  readonly from: number;
  readonly to: number;
  readonly step: number;
  readonly units: readonly Unit[];
}

/** How threads may share a kernel: by parts of an axis that is not reduced, so that every sum stays in one thread. */
export interface Split {
  readonly axis: number;
  /** Where the axis, or the loop over whole groups of vectors, ends. */
  readonly extent: number;
  /** Parts begin at multiples of this. */
  readonly grain: number;
}

/** What the layout depends on in a buffer. */
export interface BufferFormat {
  readonly dtype: DType;
  readonly length: number;
}

/** All that is decided about a loop kernel before its code is written. */
export interface LoopPlan {
  readonly loop: CollapsedLoop;
  readonly staging: Staging;
  readonly lanes: LaneCount;
  readonly vectorReduced: boolean;
  /** How the vector axis is cut where it is not reduced. */
  readonly segments: readonly Segment[];
  /** How each pass cuts it where it is reduced. */
  readonly stageSegments: readonly (readonly Segment[])[];
  readonly spills: readonly Spill[];
  readonly scratchBytes: number;
  readonly split: Split | undefined;
}

/** Whether a value costs so much that it is better kept for later passes than computed again. */
function isDear(value: KernelValue): boolean {
  return value.kind === "random" || (value.kind === "function" && (functionCosts[value.name] ?? 1) >= 12);
}

/** Vectors per iteration of a loop over an axis that is not reduced: enough to hide the latency of short bodies, few enough for the registers of long ones. */
function unrolling({ values, reduced }: CollapsedLoop): number {
  const size = values.filter((value) => value.kind !== "constant" && value.kind !== "argument").length;
  if (values.some(isDear)) return 1;
  if (!reduced.includes(true)) return size <= 16 ? 2 : 1;
  return size <= 12 ? 4 : 2;
}

/** Vectors per iteration of one pass over the vector axis: its sums must not wait for each other. */
function unrollingOf(computed: readonly KernelValue[]): number {
  if (computed.some(isDear)) return 1;
  return computed.length <= 24 ? 4 : 2;
}

function segmentsOf(extent: number, lanes: LaneCount, unroll: number, overrun: boolean): Segment[] {
  const vectors = overrun ? Math.ceil(extent / lanes) : Math.floor(extent / lanes);
  const rest = overrun ? 0 : extent % lanes;
  const rounds = Math.floor(vectors / unroll);
  const segments: Segment[] = [];
  const full = (count: number): Unit[] => Array.from({ length: count }, (_, vector) => ({ vector, active: lanes }));
  const step = unroll * lanes;
  if (rounds > 0) segments.push({ from: 0, to: rounds * step, step, units: full(unroll) });
  const left = vectors - rounds * unroll;
  const units = full(left);
  if (rest > 0) units.push({ vector: left, active: rest });
  if (units.length > 0) segments.push({ from: rounds * step, to: rounds * step + 1, step, units });
  return segments;
}

/** What the passes over a reduced vector axis do. */
interface Passes extends Pick<LoopPlan, "spills" | "scratchBytes"> {
  /** The values that each pass computes for each place of the axis. */
  readonly computed: readonly (readonly KernelValue[])[];
}

/** Finds what each pass over the vector axis computes, and what it keeps for later ones: along one axis there is memory to keep it. */
function assignPasses(loop: CollapsedLoop, staging: Staging, reducedMask: number): Passes {
  const canSpill = loop.reduced.filter(Boolean).length === 1;
  const axes = loop.extents.length;
  const extent = loop.extents[axes - 1] ?? 1;
  const moving = axesOfValues(loop.values, axes, reducedMask);
  const firstStage = new Map<number, number>();
  const spills: Spill[] = [];
  let scratchBytes = 0;
  const computed = staging.stages.map((stage, number) => {
    const inThisPass: KernelValue[] = [];
    const visited = new Set(spills.map((spill) => spill.value));
    const visit = (id: number): void => {
      const value = loop.values[id];
      const moves = ((moving[id] ?? 0) & (1 << (axes - 1))) !== 0;
      if (value === undefined || visited.has(id) || value.kind === "reduce") return;
      visited.add(id);
      const first = firstStage.get(id) ?? number;
      if (canSpill && first < number && isDear(value) && moves) {
        spills.push({ value: id, stage: first, offset: scratchBytes });
        scratchBytes += paddedBytes(extent * itemSize[value.dtype]);
        return;
      }
      firstStage.set(id, first);
      if (moves) inThisPass.push(value);
      operandsOf(value).forEach(visit);
    };
    for (const reduction of stage.reductions) operandsOf(existing(loop.values[reduction], "reduction")).forEach(visit);
    for (const store of stage.stores) visit(store.value);
    return inThisPass;
  });
  return { computed, spills, scratchBytes };
}

/** Less work than this, in elements times functions, is done before another thread is awake. */
const splitWork = 16_384;

/** The outermost axis that is not reduced, if there is enough work for several threads. */
function splitOf(loop: CollapsedLoop, segments: readonly Segment[]): Split | undefined {
  const elements = loop.extents.reduce((product, extent) => product * extent, 1);
  const functions = loop.values.reduce((total, value) => total + (isDear(value) ? 16 : value.kind === "function" || value.kind === "reduce" ? 1 : 0), 1);
  if (elements * functions < splitWork) return undefined;
  const axis = loop.reduced.indexOf(false);
  if (axis < 0) return undefined;
  if (axis < loop.extents.length - 1) return { axis, extent: loop.extents[axis] ?? 0, grain: 1 };
  const [main] = segments;
  return main === undefined ? undefined : { axis, extent: main.to, grain: main.step };
}

/**
 * Decides how a loop kernel is laid out: which axes are joined, which passes it takes, how the vector axis is cut.
 *
 * The innermost axis is the vector axis. If it is not reduced, each lane belongs to another result; if it is, the lanes are
 * partial results that are combined at the end.
 *
 * @param kernel - The kernel.
 * @param buffers - Element type and length of each buffer.
 * @returns The layout.
 */
export function planLoop(kernel: LoopKernel, buffers: readonly BufferFormat[]): LoopPlan {
  const loop = collapseAxes(kernel);
  const vectorAxis = loop.extents.length - 1;
  const vectorReduced = loop.reduced[vectorAxis] === true;
  const reducedMask = loop.reduced.reduce((mask, reduced, axis) => (reduced ? mask | (1 << axis) : mask), 0);
  const staging = stageKernel(loop.values, loop.stores, (store) => (movingAxes(store.index) & reducedMask) !== 0);
  const wide = loop.values.some((value) => value.dtype === "f64") || loop.stores.some((store) => buffers[store.buffer]?.dtype === "f64");
  const lanes: LaneCount = wide ? 2 : 4;
  // One dense loop may run over the padding at the end of its buffers, which saves the code for the last few elements.
  const fillsBuffer = (store: KernelStore): boolean => store.index.strides[0] === 1 && buffers[store.buffer]?.length === loop.extents[0];
  const overrun = reducedMask === 0 && loop.extents.length === 1 && loop.stores.every(fillsBuffer);
  const { computed, ...spilling }: Passes = vectorReduced ? assignPasses(loop, staging, reducedMask) : { computed: [], spills: [], scratchBytes: 0 };
  const cut = (unroll: number): Segment[] => segmentsOf(loop.extents[vectorAxis] ?? 1, lanes, unroll, overrun);
  const segments = vectorReduced ? [] : cut(unrolling(loop));
  const stageSegments = computed.map((values) => cut(unrollingOf(values)));
  return { loop, staging, lanes, vectorReduced, segments, stageSegments, ...spilling, split: splitOf(loop, segments) };
}
