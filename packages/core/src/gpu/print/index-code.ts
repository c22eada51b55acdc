import type { IndexMap } from "../../compile/kernel.ts";

/** The axes of a kernel as its threads see them. */
export interface ThreadAxes {
  /** The axes that elements of the output are counted along, outermost first: their numbers and lengths. */
  readonly counted: readonly { readonly axis: number; readonly extent: number }[];
  /** The axes that the kernel loops over, outermost first. */
  readonly looped: readonly { readonly axis: number; readonly extent: number }[];
  /** How many quads the output has. */
  readonly quads: number;
}

/** The parameters of a function that needs to know the thread and the loops around it. */
export function parametersOf({ looped }: ThreadAxes): string {
  return ["int t", ...looped.map((_, position) => `int r${String(position)}`)].join(", ");
}

/** The arguments for {@link parametersOf} inside the kernel; `this.thread.x` and loop counters are exact integers. */
export function argumentsOf({ looped }: ThreadAxes, inside: boolean): string {
  return ["this.thread.x", ...looped.map((_, position) => (inside ? `r${String(position)}` : "0"))].join(", ");
}

const times = (text: string, factor: number): string => (factor === 1 ? text : `${text} * ${String(factor)}`);

/** The number of an index map's element in the output element number `e`, exact in 32 bits. */
export function indexExpression(index: IndexMap, { counted, looped }: ThreadAxes, e: string): string {
  const terms: string[] = [];
  let below = counted.reduce((product, { extent }) => product * extent, 1);
  counted.forEach(({ axis, extent }, position) => {
    below /= extent;
    const stride = index.strides[axis] ?? 0;
    if (stride === 0) return;
    const divided = below === 1 ? e : `${e} / ${String(below)}`;
    terms.push(times(position === 0 ? `(${divided})` : `(${divided} % ${String(extent)})`, stride));
  });
  looped.forEach(({ axis }, position) => {
    const stride = index.strides[axis] ?? 0;
    if (stride !== 0) terms.push(times(`r${String(position)}`, stride));
  });
  if (index.offset !== 0 || terms.length === 0) terms.push(String(index.offset));
  return terms.join(" + ");
}

/** How the four elements of a quad lie to each other. */
export type QuadWalk =
  | { readonly kind: "same" }
  /** Each a fixed distance after the one before. */
  | { readonly kind: "stride"; readonly stride: number }
  | { readonly kind: "apart" };

/** How the four elements of a quad lie to each other in an index map. */
export function quadWalk(index: IndexMap, { counted }: ThreadAxes): QuadWalk {
  if (counted.every(({ axis }) => (index.strides[axis] ?? 0) === 0)) return { kind: "same" };
  const last = counted.at(-1);
  // A quad within one row of the innermost axis; past the end of a single axis nobody looks.
  if (last === undefined || (counted.length > 1 && last.extent % 4 !== 0)) return { kind: "apart" };
  const stride = index.strides[last.axis] ?? 0;
  return stride === 0 ? { kind: "same" } : { kind: "stride", stride };
}

/** Whether the quads of an index map are quads of the buffer. */
export function isAligned(index: IndexMap, axes: ThreadAxes): boolean {
  const walk = quadWalk(index, axes);
  const last = axes.counted.at(-1);
  if (walk.kind !== "stride" || walk.stride !== 1 || index.offset % 4 !== 0) return false;
  return index.strides.every((stride, axis) => axis === last?.axis || stride % 4 === 0);
}

/** Four expressions, one for each element of thread `t`'s quad, of the element numbers that a map gives them. */
export function quadIndices(index: IndexMap, axes: ThreadAxes): string[] {
  const walk = quadWalk(index, axes);
  const base = indexExpression(index, axes, "e");
  if (walk.kind === "same") return [base, base, base, base];
  if (walk.kind === "stride") return [0, 1, 2, 3].map((lane) => (lane === 0 ? base : `${base} + ${String(lane * walk.stride)}`));
  return [0, 1, 2, 3].map((lane) => indexExpression(index, axes, lane === 0 ? "e" : `(e + ${String(lane)})`));
}
