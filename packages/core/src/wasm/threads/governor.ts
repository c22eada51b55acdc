/** Runs of each kind in a trial; the first ones warm up and are not counted. */
const trialRuns = 8;
const warmUps = 2;

/** So many runs until the next trial, at first and at most: it doubles while verdicts agree. */
const firstPatience = 64;
const lastPatience = 4096;

/** Sharing must win by so much to be worth a second processor. */
const worthwhile = 0.95;

function median(times: readonly number[]): number {
  return [...times].sort((a, b) => a - b)[times.length >> 1] ?? Number.POSITIVE_INFINITY;
}

/**
 * Decides run by run whether a program is shared between threads, by measuring both ways in turns: what pays on an idle machine costs
 * dearly where another program keeps the processors busy, and that may change at any time.
 */
export class Governor {
  #shares = false;
  #trial: { readonly alone: number[]; readonly together: number[] } | undefined = { alone: [], together: [] };
  #patience = firstPatience;
  #left = 0;
  #strikes = 0;
  /** Milliseconds of a run, by the last trial; undefined before the first one. */
  #times: { readonly alone: number; readonly together: number } | undefined;

  /** The verdict and what it rests on. */
  get times(): { readonly alone: number; readonly together: number } | undefined {
    return this.#times;
  }

  /** Whether runs are shared, by the last trial. */
  get shares(): boolean {
    return this.#shares;
  }

  /** Whether the next run is to be shared. */
  next(): boolean {
    if (this.#trial !== undefined) return this.#trial.together.length < this.#trial.alone.length;
    return this.#shares;
  }

  /** Takes note of how long a run took. */
  record(shared: boolean, milliseconds: number): void {
    if (this.#trial !== undefined) {
      (shared ? this.#trial.together : this.#trial.alone).push(milliseconds);
      if (this.#trial.together.length >= trialRuns) this.#conclude(this.#trial.alone, this.#trial.together);
      return;
    }
    const alone = this.#times?.alone ?? Number.POSITIVE_INFINITY;
    this.#strikes = shared && milliseconds > 1.2 * alone ? this.#strikes + 1 : Math.max(0, this.#strikes - 0.25);
    this.#left--;
    if (this.#strikes >= 3) this.#settle(false, firstPatience);
    else if (this.#left <= 0) this.#trial = { alone: [], together: [] };
  }

  #conclude(aloneTimes: readonly number[], togetherTimes: readonly number[]): void {
    const alone = median(aloneTimes.slice(warmUps));
    const together = median(togetherTimes.slice(warmUps));
    const shares = together < worthwhile * alone;
    const agrees = this.#times !== undefined && shares === this.#shares;
    this.#times = { alone, together };
    this.#settle(shares, agrees ? Math.min(2 * this.#patience, lastPatience) : firstPatience);
  }

  #settle(shares: boolean, patience: number): void {
    this.#trial = undefined;
    this.#shares = shares;
    this.#patience = patience;
    this.#left = patience;
    this.#strikes = 0;
  }
}
