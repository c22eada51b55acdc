import { controlBytes, doPhase, mostPrograms, word } from "./control.ts";

/**
 * The program of a helper thread, as text: a worker needs a script of its own, and text works with every bundler and without a file
 * beside the package.
 *
 * A helper looks for the next job for about 100 µs, the pause between two steps of a training loop, and then sleeps.
 */
export const helperSource: string = `
const word = ${JSON.stringify(word)};
const doPhase = ${doPhase.toString()};
const begin = ({ memory, control, index, threads }, listen) => {
  const words = new Int32Array(memory.buffer, control, ${String(controlBytes / 4)});
  const member = { words, places: word, index, threads, maySleep: true };
  const programs = [];
  let received = 0;
  let job = Atomics.load(words, word.job);
  const nextJob = () => {
    for (let round = 0; round < 10000; round++) if (Atomics.load(words, word.job) !== job) return;
    Atomics.add(words, word.idle, 1);
    while (Atomics.load(words, word.job) === job) Atomics.wait(words, word.job, job);
    Atomics.sub(words, word.idle, 1);
  };
  const work = () => {
    while (received === Atomics.load(words, word.sent)) {
      nextJob();
      job = Atomics.load(words, word.job);
      const program = programs[(job & ${String(mostPrograms)}) - 1];
      if (program === undefined) continue;
      for (const phase of program) doPhase(phase, member);
    }
  };
  listen(({ number, module, phases }) => {
    const { exports } = new WebAssembly.Instance(module, { opt: { memory }, math: Math });
    programs[number] = phases.map((phase) => ({ ...phase, run: exports[phase.name] }));
    received++;
    Atomics.store(words, word.loaded + index - 1, received);
    work();
  });
};
`;
