/** Runs of each kind that a trial counts, after some that it does not; in the first trial engines are still optimizing the helpers' code. */
const countedRuns = 7;
const warmUps = 2;
const firstWarmUps = 16;

/** So many runs until the next trial, at first and at most: it doubles while verdicts agree. */
const firstPatience = 64;
const lastPatience = 4096;

/** Sharing must win by so much to be worth a second processor, and is given up when on average it takes so much longer than one thread. */
const worthwhile = 0.95;
const tooSlow = 1.1;

/** Weight of the last shared run in that average, and how many times one thread's time it may count: one pause is no crowd. */
const newestWeight = 0.1;
const mostCounted = 3;

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
  /** Milliseconds of a run alone, by the last trial, and together, as an average that moves on; undefined before the first trial. */
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
      if (this.#trial.together.length >= this.#warmUps() + countedRuns) this.#conclude(this.#trial.alone, this.#trial.together);
      return;
    }
    this.#left--;
    if (shared && this.#isCrowded(milliseconds)) this.#settle(false, firstPatience);
    else if (this.#left <= 0) this.#trial = { alone: [], together: [] };
  }

  #warmUps(): number {
    return this.#times === undefined ? firstWarmUps : warmUps;
  }

  /** Takes a shared run into the average. */
  #isCrowded(milliseconds: number): boolean {
    if (this.#times === undefined) return false;
    const { alone, together } = this.#times;
    const average = together + newestWeight * (Math.min(milliseconds, mostCounted * alone) - together);
    this.#times = { alone, together: average };
    return average > tooSlow * alone;
  }

  #conclude(aloneTimes: readonly number[], togetherTimes: readonly number[]): void {
    const alone = median(aloneTimes.slice(this.#warmUps()));
    const together = median(togetherTimes.slice(this.#warmUps()));
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
  }
}
