import { itemUnder } from "../lists.ts";
import type { Shape } from "../tensor/shape.ts";
import type { Access } from "./access.ts";
import { matchAxes } from "./access.ts";

/** Loop axes, and which of them reductions run over. */
export class Domain {
  readonly extents: readonly number[];
  readonly reduced: readonly boolean[];
  readonly hasReduction: boolean;
  readonly #key: string;
  /** The walks found so far: most nodes of a kernel share their shapes, and a shape is one object wherever it is handed on. */
  readonly #whole = new Map<Shape, Access | undefined>();
  readonly #own = new Map<Shape, Access | undefined>();

  constructor(extents: readonly number[], reduced: readonly boolean[]) {
    this.extents = extents;
    this.reduced = reduced;
    this.hasReduction = reduced.includes(true);
    this.#key = `${extents.join()}/${reduced.join()}`;
  }

  equals(other: Domain): boolean {
    return this.#key === other.#key;
  }

  /** The walk of a node that changes along all loop axes, or undefined where its shape does not match them. */
  wholeAccess(shape: Shape): Access | undefined {
    return itemUnder(this.#whole, shape, () => matchAxes(shape, this.extents, () => true));
  }

  /** The walk of a kernel's own node: its axes are loop axes, or those loop axes that are not reduced. */
  ownAccess(shape: Shape): Access | undefined {
    return itemUnder(this.#own, shape, () => this.wholeAccess(shape) ?? matchAxes(shape, this.extents, (loop) => this.reduced[loop] !== true));
  }
}
