import type { Phase } from "../module-builder.ts";

/**
 * The words of shared memory through which threads meet, as 32-bit indices; those that change while threads run are each in a cache line of 16 words of
 * their own, so that threads that wait for one word are not disturbed by writes to another.
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
  /** How many programs each helper has loaded: one word for each. */
  loaded: 112,
  /** How many chunks of each thread's share have been taken: one cache line for each. */
  taken: 128,
} as const;

/** Programs that fit into the job's word; later ones run alone. */
export const mostPrograms = 4095;

/** The most helpers beside the main thread. */
export const mostHelpers = 15;

/** Bytes of the control block. */
export const controlBytes: number = 4 * (word.taken + 16 * (mostHelpers + 1));

/** A phase as a thread calls it. */
export interface PhaseCall extends Omit<Phase, "name"> {
  /** Does one chunk; they are numbered share by share. */
  readonly run: (chunk: number, thread: number) => void;
}

/** A thread's place in its team. */
export interface Membership {
  /** The control block. */
  readonly words: Int32Array;
  /** Where in it: {@link word}. */
  readonly places: typeof word;
  /** The thread's number. */
  readonly index: number;
  readonly threads: number;
  /** Whether this thread may block. */
  readonly maySleep: boolean;
}

/**
 * Does a thread's part of a phase, and waits until all threads have done theirs.
 *
 * A thread takes the chunks of its own share, whose data its processor has from the call before, and then what is left of the others': so all
 * are ready at about the same time, also where one has a slower processor or shares it with another program.
 *
 * It looks for the others for about 20 µs, since waking a sleeper takes as long (measured: 19 to 47 µs), and then sleeps; where sleeping is not
 * allowed, as on a browser's main thread, it goes on looking.
 *
 * Helpers are given this function as text, so it uses nothing but its parameters.
 */
export function doPhase({ run, shares, chunks }: PhaseCall, { words, places, index, threads, maySleep }: Membership): void {
  for (let share = 0; share < shares; share++) {
    const owner = (index + share) % shares;
    for (;;) {
      // 16 words are a cache line.
      const chunk = Atomics.add(words, places.taken + 16 * owner, 1);
      if (chunk >= chunks) break;
      run(owner * chunks + chunk, index);
    }
  }
  const meeting = Atomics.load(words, places.meeting);
  if (Atomics.add(words, places.arrived, 1) === threads - 1) {
    for (let owner = 0; owner < threads; owner++) Atomics.store(words, places.taken + 16 * owner, 0);
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
