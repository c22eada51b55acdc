/**
 * The words of shared memory through which threads meet, as 32-bit indices; each in a cache line of its own, so that threads that wait
 * for one word are not disturbed by writes to another.
 */
export const word = {
  /** Grows with every job; helpers wait for it. */
  job: 0,
  /** Which program the job runs; −1 sends helpers back to their event loops, where new programs wait. */
  program: 16,
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

/** 32-bit words in a cache line. */
export const lineWords = 16;

/** The most helpers beside the main thread. */
export const mostHelpers = 15;

/** Bytes of the control block. */
export const controlBytes: number = 4 * (word.loaded + lineWords * mostHelpers);

/** Looks at a word before going to sleep: about 20 µs, since waking a sleeper takes as long (measured: 19 to 47 µs). */
const spins = 2000;

/**
 * Waits until all threads have arrived. It spins for a moment and then sleeps; where sleeping is not allowed, as on a browser's main
 * thread, it goes on spinning.
 *
 * @param words - The control block.
 * @param threads - How many threads meet.
 * @param maySleep - Whether this thread may block.
 */
export function meet(words: Int32Array, threads: number, maySleep: boolean): void {
  const meeting = Atomics.load(words, word.meeting);
  if (Atomics.add(words, word.arrived, 1) === threads - 1) {
    Atomics.store(words, word.arrived, 0);
    Atomics.add(words, word.meeting, 1);
    if (Atomics.load(words, word.asleep) > 0) Atomics.notify(words, word.meeting);
    return;
  }
  for (let round = 0; round < spins || !maySleep; round++) if (Atomics.load(words, word.meeting) !== meeting) return;
  Atomics.add(words, word.asleep, 1);
  while (Atomics.load(words, word.meeting) === meeting) Atomics.wait(words, word.meeting, meeting);
  Atomics.sub(words, word.asleep, 1);
}
