import { now } from "../clock.ts";

/** One of the programs that do the same work. */
export interface Contender {
  /** What a fixed amount of work from the fixed inputs gives; asked for once, before anything is timed. A limit has no answer. */
  answer?(): Promise<readonly number[]>;
  /** Does the work `count` times and uses the results; returns seconds. */
  time(count: number): Promise<number>;
  /** Gives back memory or processes. */
  close?(): void;
}

/** What a program in this process is made of. */
export interface Program {
  readonly answer?: () => readonly number[] | Promise<readonly number[]>;
  /** Does the work once, or gives a promise of it; `turn` counts up, to take the next of several inputs. */
  readonly run: (turn: number) => unknown;
  /** Looks at a result, so that nobody may leave the work out; not timed. */
  readonly use: () => unknown;
  /** Gives memory back. */
  readonly close?: () => void;
}

/** A contender that runs in this process. */
export function inProcess({ answer, run, use, close }: Program): Contender {
  let turn = 0;
  return {
    ...(answer && { answer: async () => answer() }),
    ...(close && { close }),
    time: async (count) => {
      const start = now();
      for (let repeat = 0; repeat < count; repeat++) {
        const pending = run(turn++);
        if (pending instanceof Promise) await pending;
      }
      const seconds = now() - start;
      await use();
      return seconds;
    },
  };
}
