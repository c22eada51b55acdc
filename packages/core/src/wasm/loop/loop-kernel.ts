import { existing, failInternally } from "../../errors.ts";
import type { Stage } from "../../compile/stages.ts";
import { operandsOf } from "../../compile/stages.ts";
import type { FunctionWriter } from "../function-writer.ts";
import type { Local } from "../types.ts";
import type { BodySpec, Unit } from "./body.ts";
import { BodyEmitter } from "./body.ts";
import { activeLanes } from "./lanes.ts";
import type { LoopPlan, Segment, Spill } from "./loop-plan.ts";
import type { RunningResult } from "./reduction.ts";
import { accumulate, combine, combineLanes, finishResult, identityOf, startResult } from "./reduction.ts";
import { storeAll } from "./stores.ts";

/** How the generated code finds its memory. */
export type MemoryAccess = Pick<BodySpec, "addresses" | "scratch" | "argumentAddress" | "dtypeOf">;

/** Stands for "all lanes" where a value does not move along the vector axis. */
const uniform: Unit = { vector: 0, active: 1 };

interface Accumulator extends RunningResult {
  readonly id: number;
  readonly operand: number;
}

/** The part of a split axis that a call of the kernel handles, in locals. */
export interface Range {
  readonly from: Local;
  readonly to: Local;
}

/** Writes the loops of one kernel. */
class LoopEmitter {
  readonly #w: FunctionWriter;
  readonly #plan: LoopPlan;
  readonly #body: BodyEmitter;
  readonly #vectorAxis: number;
  readonly #keptMask: number;
  readonly #counters: readonly Local[];
  readonly #range: Range | undefined;

  constructor(w: FunctionWriter, plan: LoopPlan, memory: MemoryAccess, range: Range | undefined) {
    const { extents, reduced, values } = plan.loop;
    this.#w = w;
    this.#plan = plan;
    this.#range = range;
    this.#vectorAxis = extents.length - 1;
    const reducedMask = reduced.reduce((mask, flag, axis) => (flag ? mask | (1 << axis) : mask), 0);
    this.#keptMask = ((1 << extents.length) - 1) & ~reducedMask;
    this.#counters = extents.map(() => w.local("i32"));
    this.#body = new BodyEmitter(w, { ...memory, values, axes: extents.length, reducedMask, lanes: plan.lanes });
  }

  write(): void {
    const { extents, reduced } = this.#plan.loop;
    if (extents.some((extent, axis) => extent === 0 && reduced[axis] !== true)) return;
    this.#hoistAll(0, [uniform]);
    const outer = extents.flatMap((_, axis) => (reduced[axis] === true || axis === this.#vectorAxis ? [] : [axis]));
    this.#openKept(outer, 0);
  }

  /** Everything that does not depend on loops still closed is computed before they open. */
  #hoistAll(open: number, units: readonly Unit[]): void {
    const { stages, lastStores } = this.#plan.staging;
    const stores = [...stages.flatMap((stage) => stage.stores), ...lastStores];
    const roots = [...stages.flatMap((stage) => this.#rootsOf(stage)), ...lastStores.map((store) => store.value)];
    for (const unit of units) this.#body.hoist(roots, stores, open, unit);
  }

  #rootsOf(stage: Stage): number[] {
    const operands = stage.reductions.flatMap((id) => {
      const value = this.#plan.loop.values[id];
      return value === undefined ? [] : operandsOf(value);
    });
    return [...operands, ...stage.stores.map((store) => store.value)];
  }

  #counter(axis: number): Local {
    return existing(this.#counters[axis], "counter");
  }

  /** Opens one loop over an axis, or over the part of it that this call handles. */
  #loopOver(axis: number, write: () => void): void {
    const counter = this.#counter(axis);
    const { split, loop } = this.#plan;
    const range = split?.axis === axis && this.#range !== undefined ? this.#range : { from: 0, to: loop.extents[axis] ?? 0 };
    this.#w.for({ counter, ...range, step: 1 }, () => {
      this.#body.scoped(() => {
        this.#body.setCounter(axis, counter);
        write();
      });
    });
  }

  #openKept(axes: readonly number[], open: number): void {
    const [axis, ...inner] = axes;
    if (axis !== undefined) {
      this.#loopOver(axis, () => {
        this.#hoistAll(open | (1 << axis), [uniform]);
        this.#openKept(inner, open | (1 << axis));
      });
      return;
    }
    if (this.#plan.vectorReduced) {
      this.#body.scoped(() => { this.#runStages([uniform]); });
      return;
    }
    this.#plan.segments.forEach((segment, number) => {
      const write = (range?: Range): void => { this.#overSegment(segment, () => { this.#runStages(segment.units); }, range); };
      if (this.#range === undefined || this.#plan.split?.axis !== this.#vectorAxis) write();
      else if (number === 0) write(this.#range);
      else this.#afterTheEnd(this.#range, write);
    });
  }

  /** What is left over at the end of a split vector axis belongs to the call that handles its last part. */
  #afterTheEnd({ to }: Range, write: () => void): void {
    this.#w.op("i32.eq", to, this.#plan.split?.extent ?? 0);
    this.#w.if(write);
  }

  #overSegment(segment: Segment, write: () => void, range?: Range): void {
    const counter = this.#counter(this.#vectorAxis);
    const body = (): void => {
      this.#body.scoped(() => {
        this.#body.setCounter(this.#vectorAxis, counter);
        write();
      });
    };
    if (range !== undefined || segment.from + segment.step < segment.to) {
      this.#w.for({ counter, ...(range ?? { from: segment.from, to: segment.to }), step: segment.step }, body);
      return;
    }
    this.#w.set(counter, segment.from);
    body();
  }

  /** All passes over the reduced axes, at one place of the kept ones, for some vectors. */
  #runStages(units: readonly Unit[]): void {
    const { staging, spills } = this.#plan;
    staging.stages.forEach((stage, number) => {
      const stageSpills = spills.filter((spill) => spill.stage === number);
      for (const unit of units) this.#body.hoist(this.#rootsOf(stage), stage.stores, this.#keptMask, unit);
      this.#runStage(stage, this.#plan.stageSegments[number], units, stageSpills);
      for (const spill of stageSpills) this.#body.useSpilled(spill.value, spill.offset);
    });
    for (const unit of units) storeAll(this.#body, staging.lastStores, unit);
  }

  /** One pass: over the segments if the vector axis is reduced, else for the units of one place. */
  #runStage(stage: Stage, segments: readonly Segment[] | undefined, units: readonly Unit[], spills: readonly Spill[]): void {
    const { loop } = this.#plan;
    const slots = segments === undefined ? units.length : Math.max(1, ...segments.map((segment) => segment.units.length));
    const accumulators = Array.from({ length: slots }, () => this.#accumulators(stage));
    const step = (unit: Unit, slot: number): void => {
      for (const accumulator of accumulators[slot] ?? []) {
        accumulate(this.#w, accumulator, this.#masked(accumulator, unit));
      }
      for (const spill of spills) this.#body.spill(spill.value, spill.offset, unit);
      storeAll(this.#body, stage.stores, unit);
    };
    const axes = loop.extents.flatMap((_, axis) => (loop.reduced[axis] === true && axis !== this.#vectorAxis ? [axis] : []));
    this.#openReduced(axes, this.#keptMask, stage, segments === undefined ? units : [uniform], () => {
      if (segments === undefined) units.forEach(step);
      else for (const segment of segments) this.#overSegment(segment, () => { segment.units.forEach(step); });
    });
    for (const accumulator of accumulators.flat()) finishResult(this.#w, accumulator);
    if (segments !== undefined) this.#finishAcross(accumulators);
    else units.forEach((unit, slot) => { for (const { id, into } of accumulators[slot] ?? []) this.#body.define(id, into, unit); });
  }

  #openReduced(axes: readonly number[], open: number, stage: Stage, units: readonly Unit[], write: () => void): void {
    const [axis, ...inner] = axes;
    if (axis !== undefined) {
      this.#loopOver(axis, () => {
        const nowOpen = open | (1 << axis);
        for (const unit of units) this.#body.hoist(this.#rootsOf(stage), stage.stores, nowOpen, unit);
        this.#openReduced(inner, nowOpen, stage, units, write);
      });
      return;
    }
    write();
  }

  /** Fresh running results for every reduction of a pass. */
  #accumulators(stage: Stage): Accumulator[] {
    return stage.reductions.map((id) => {
      const value = this.#plan.loop.values[id];
      if (value?.kind !== "reduce") failInternally("not a reduction");
      const { name, dtype, operand } = value;
      return { id, operand, ...startResult(this.#w, { name, dtype }) };
    });
  }

  /** The operand of a reduction; lanes past the end of the axis count as nothing. */
  #masked(accumulator: Accumulator, unit: Unit): Local {
    const value = this.#body.value(accumulator.operand, unit);
    if (!this.#plan.vectorReduced || unit.active === this.#plan.lanes) return value;
    this.#w.op("v128.bitselect", value, identityOf(this.#w, accumulator), activeLanes(this.#w, accumulator.dtype, unit.active));
    return this.#w.keep();
  }

  /** Combines the running results of all vectors and lanes. */
  #finishAcross(accumulators: readonly (readonly Accumulator[])[]): void {
    const [first = [], ...others] = accumulators;
    first.forEach((accumulator, index) => {
      for (const other of others) {
        const partial = other[index];
        if (partial !== undefined) combine(this.#w, accumulator, accumulator.into, partial.into);
      }
      combineLanes(this.#w, accumulator, accumulator.into, this.#plan.lanes);
      this.#body.define(accumulator.id, accumulator.into, uniform);
    });
  }
}

/**
 * Writes a loop kernel as the body of a function.
 *
 * @param w - The function.
 * @param plan - The kernel's layout.
 * @param memory - Where its buffers, scratch memory and host arguments are.
 * @param range - The part of `plan.split` to handle; default: the whole.
 */
export function emitLoopKernel(w: FunctionWriter, plan: LoopPlan, memory: MemoryAccess, range?: Range): void {
  new LoopEmitter(w, plan, memory, range).write();
}
