import { controlBytes, lineWords, word } from "./control.ts";

/**
 * The program of a helper thread, as text: a worker needs a script of its own, and text works with every bundler and without a file
 * beside the package. `meet` is the twin of the one in `control.ts`.
 *
 * A helper looks for the next job for about 100 µs, the pause between two steps of a training loop, and then sleeps.
 */
export const helperSource: string = `
const begin = ({ memory, control, index, threads }, listen) => {
  const words = new Int32Array(memory.buffer, control, ${String(controlBytes / 4)});
  const programs = [];
  let received = 0;
  let job = Atomics.load(words, ${String(word.job)});
  const meet = () => {
    const meeting = Atomics.load(words, ${String(word.meeting)});
    if (Atomics.add(words, ${String(word.arrived)}, 1) === threads - 1) {
      Atomics.store(words, ${String(word.arrived)}, 0);
      Atomics.add(words, ${String(word.meeting)}, 1);
      if (Atomics.load(words, ${String(word.asleep)}) > 0) Atomics.notify(words, ${String(word.meeting)});
      return;
    }
    for (let round = 0; round < 2000; round++) if (Atomics.load(words, ${String(word.meeting)}) !== meeting) return;
    Atomics.add(words, ${String(word.asleep)}, 1);
    while (Atomics.load(words, ${String(word.meeting)}) === meeting) Atomics.wait(words, ${String(word.meeting)}, meeting);
    Atomics.sub(words, ${String(word.asleep)}, 1);
  };
  const nextJob = () => {
    for (let round = 0; round < 10000; round++) if (Atomics.load(words, ${String(word.job)}) !== job) return;
    Atomics.add(words, ${String(word.idle)}, 1);
    while (Atomics.load(words, ${String(word.job)}) === job) Atomics.wait(words, ${String(word.job)}, job);
    Atomics.sub(words, ${String(word.idle)}, 1);
  };
  const work = () => {
    while (received === Atomics.load(words, ${String(word.sent)})) {
      nextJob();
      job = Atomics.load(words, ${String(word.job)});
      const program = programs[Atomics.load(words, ${String(word.program)})];
      if (program === undefined) continue;
      for (const { phase, shared } of program) {
        if (shared) phase(index);
        meet();
      }
    }
  };
  listen(({ number, module, phases }) => {
    const { exports } = new WebAssembly.Instance(module, { opt: { memory }, math: Math });
    programs[number] = phases.map(({ name, shared }) => ({ phase: exports[name], shared }));
    received++;
    Atomics.store(words, ${String(word.loaded)} + ${String(lineWords)} * (index - 1), received);
    work();
  });
};
`;
