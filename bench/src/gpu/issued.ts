import type { Contender, Program } from "../contenders/contender.ts";

/**
 * A contender whose runs only issue work that a GPU does later: the time ends with the read of a result that all of the runs
 * lead to.
 */
export function issued({ answer, run, use, close }: Program): Contender {
  let turn = 0;
  return {
    ...(answer && { answer: async () => answer() }),
    ...(close && { close }),
    time: async (count) => {
      const start = performance.now();
      for (let repeat = 0; repeat < count; repeat++) run(turn++);
      await use();
      return (performance.now() - start) / 1000;
    },
  };
}
