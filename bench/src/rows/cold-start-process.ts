/**
 * Trains from nothing and sends how many milliseconds went by from the first call of the compiled step to the moment from which
 * on steps take no longer than a quarter more than in the end.
 */
import { adam } from "@opt/first-order";
import { median } from "../statistics.ts";
import type { Problem } from "./networks.ts";
import { ourTraining } from "./our-training.ts";
import { digits } from "./training.ts";

const STEPS = 300;
const STEADY_FACTOR = 1.25;
/** So many steps in a row make it steady: one fast step may be luck. */
const IN_A_ROW = 3;

const deep: Problem = { sizes: Array.from({ length: 51 }, () => 64), batch: 32, activation: "tanh", loss: "mean-squared-error" };

const training = ourTraining(process.argv[2] === "deep" ? deep : digits, adam());
const ends: number[] = [];
// Always the wall clock: the other one is too coarse for single steps.
const start = performance.now();
// One step at a time; between them the engine may bring in what it has optimized, as it does in any program.
for (let count = 0; count < STEPS; count++) {
  await training.time(1);
  ends.push(performance.now() - start);
}
const durations = ends.map((end, index) => end - (ends[index - 1] ?? 0));
const allowed = STEADY_FACTOR * median(durations.slice(-100));
const first = durations.findIndex((_, index) => durations.slice(index, index + IN_A_ROW).every((each) => each <= allowed));
process.send?.(first === 0 ? 0 : ends[first - 1]!);
