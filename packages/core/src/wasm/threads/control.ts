/**
 * The words of shared memory through which threads meet, as 32-bit indices; each in a cache line of its own, so that threads that wait
 * for one word are not disturbed by writes to another.
 */
export const word = {
  /**
   * The job: its number above, its program's number plus 1 in the lowest 12 bits, in one word so that a helper never sees one job's number with
   * another's program. 0 for the program sends helpers back to their event loops, where new programs wait.
   */
  job: 0,
  /** How many helpers sleep until the next job. */
  idle: 32,
  /** How many threads have reached the meeting that is under way. */
  arrived: 48,
  /** Grows with every meeting that is over. */
  meeting: 64,
  /** How many threads sleep in a meeting. */
  asleep: 80,
  /** How many programs have been sent to the helpers. */
  sent: 96,
  /** How many programs each helper has loaded: one cache line for each. */
  loaded: 112,
} as const;

/** Programs that fit into the job's word; later ones run alone. */
export const mostPrograms = 4095;

/** 32-bit words in a cache line. */
export const lineWords = 16;

/** The most helpers beside the main thread. */
export const mostHelpers = 15;

/** Bytes of the control block. */
export const controlBytes: number = 4 * (word.loaded + lineWords * mostHelpers);

/**
 * Waits until all threads have arrived. It looks for about 20 µs, since waking a sleeper takes as long (measured: 19 to 47 µs), and then
 * sleeps; where sleeping is not allowed, as on a browser's main thread, it goes on looking.
 *
 * Helpers are given this function as text, so it uses nothing but its parameters.
 *
 * @param words - The control block.
 * @param places - Where in it: {@link word}.
 * @param threads - How many threads meet.
 * @param maySleep - Whether this thread may block.
 */
export function meet(words: Int32Array, places: typeof word, threads: number, maySleep: boolean): void {
  const meeting = Atomics.load(words, places.meeting);
  if (Atomics.add(words, places.arrived, 1) === threads - 1) {
    Atomics.store(words, places.arrived, 0);
    Atomics.add(words, places.meeting, 1);
    if (Atomics.load(words, places.asleep) > 0) Atomics.notify(words, places.meeting);
    return;
  }
  for (let round = 0; round < 2000 || !maySleep; round++) if (Atomics.load(words, places.meeting) !== meeting) return;
  Atomics.add(words, places.asleep, 1);
  while (Atomics.load(words, places.meeting) === meeting) Atomics.wait(words, places.meeting, meeting);
  Atomics.sub(words, places.asleep, 1);
}
