import type { StateTree, TensorTree } from "@opt/core";
import { OptError, toHost } from "@opt/core";
import type { Trained } from "./step.ts";

/** Where training stands: the place in the batches, and the sums of the epoch that it is in. */
export interface Place {
  readonly epoch: number;
  /** How many batches of the epoch are done. */
  readonly batches: number;
  readonly lossTotal: number;
  readonly examples: number;
  /** How many steps are done in all. */
  readonly steps: number;
}

/** Where training stood when its state was read back. */
export interface Snapshot<Params extends TensorTree, State extends StateTree, Variables extends StateTree> extends Place {
  readonly trained: Trained<Params, State, Variables>;
}

/** So many losses of the device without a new snapshot between them are bad luck; more are a device that cannot do this training. */
const mostAttempts = 3;

/** Keeps the last state that was read back, and takes training there when the device is lost. */
export class Recovery<Params extends TensorTree, State extends StateTree, Variables extends StateTree> {
  readonly #reopen: () => unknown;
  readonly #interval: number;
  #last: Snapshot<Params, State, Variables> | undefined;
  #attempts = 0;

  /**
   * @param reopen - Makes the device usable again.
   * @param interval - How many steps lie between two snapshots.
   */
  constructor(reopen: () => unknown, interval: number) {
    this.#reopen = reopen;
    this.#interval = interval;
  }

  /** Reads the state back if it is time; the first time always. */
  async keep(place: Place, trained: Trained<Params, State, Variables>): Promise<void> {
    if (this.#last !== undefined && place.steps - this.#last.steps < this.#interval) return;
    this.#last = { ...place, trained: await toHost(trained) };
    this.#attempts = 0;
  }

  /** The state to go on from after an error, on a device that is open again; errors of other kinds are thrown on. */
  async restore(error: unknown): Promise<Snapshot<Params, State, Variables>> {
    const last = this.#last;
    if (!(error instanceof OptError) || error.code !== "lost" || last === undefined || this.#attempts >= mostAttempts) throw error;
    this.#attempts++;
    await this.#reopen();
    // The compiled step takes over what it is given, and the snapshot may be needed again.
    return { ...last, trained: await toHost(last.trained) };
  }
}
