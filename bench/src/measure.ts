import type { Contender } from "./contenders/contender.ts";
import { Unavailable } from "./contenders/unavailable.ts";
import type { Outcome, Verdict } from "./outcome.ts";
import type { Bar, Breakdown, Case, Comparison, Figure, Measurement } from "./row.ts";
import { median, relativeSpread } from "./statistics.ts";

/** How long a contender works in one round, and how often it takes its turn. */
export interface Effort {
  readonly roundSeconds: number;
  readonly rounds: number;
}

/** Peers that are slower than this for one run take part in fewer rounds. */
const SLOW_RUN_SECONDS = 0.5;
/** How long a contender warms up: for so many turns, */
const WARM_UP_TURNS = 6;
/** and with so many runs, unless they are slow. */
const WARM_UP_RUNS = 10;
const OURS = "opt";

/** The largest difference between two answers, relative to the largest number of the expected one. */
export function difference(expected: readonly number[], got: readonly number[]): number {
  if (expected.length !== got.length || expected.length === 0) return Number.POSITIVE_INFINITY;
  const largest = expected.reduce((most, value) => Math.max(most, Math.abs(value)), Number.MIN_VALUE);
  let worst = 0;
  for (const [index, value] of expected.entries()) {
    const distance = Math.abs(value - got[index]!);
    // NaN is never close to anything.
    if (!(distance <= worst)) worst = distance;
  }
  return worst / largest;
}

/** Our figure from the seconds of a run. */
export function toFigure({ unit, amount = 1 }: Figure, seconds: number): number {
  switch (unit) {
    case "GF/s":
    case "GB/s":
      return amount / seconds / 1e9;
    case "ns/element":
      return (seconds * 1e9) / amount;
    case "µs":
      return seconds * 1e6;
    case "ms":
      return seconds * 1e3;
  }
}

function judge(bar: Bar, ours: number, ratios: Readonly<Record<string, number>>): Verdict {
  if ("figure" in bar) return { bar, measured: ours, reached: ours <= bar.atMost };
  const ratio = ratios[bar.than];
  if (ratio === undefined) return { bar, measured: undefined, reached: false };
  return "atLeast" in bar ? { bar, measured: ratio, reached: ratio >= bar.atLeast } : { bar, measured: 1 / ratio, reached: 1 / ratio <= bar.atMost };
}

/**
 * Runs a contender until its code is compiled, and returns how many runs fill a turn.
 *
 * Engines replace code in the background, and only where a function begins: the first runs of a long loop may each take longer than a whole turn and still say nothing
 * about the later ones. So it takes several runs and some time, and ends only when the count that follows from the last turn is no longer far from what that turn had.
 */
export async function warmUp(contender: Contender, seconds: number): Promise<number> {
  let count = 1;
  let runs = 0;
  let spent = 0;
  for (;;) {
    const elapsed = await contender.time(count);
    runs += count;
    spent += elapsed;
    const fitting = Math.max(1, Math.round((count * seconds) / Math.max(elapsed, 1e-9)));
    const isWarm = spent > WARM_UP_TURNS * seconds && (runs >= WARM_UP_RUNS || elapsed > count * SLOW_RUN_SECONDS);
    if (isWarm && fitting <= 2 * count) return fitting;
    count = Math.min(8 * count, fitting);
  }
}

/** Makes the contenders of a comparison, ours first; those that cannot take part are named with the reason. */
async function gather(comparison: Comparison): Promise<{ contenders: Map<string, Contender>; skipped: Record<string, string> }> {
  const contenders = new Map([[OURS, await comparison.ours()]]);
  const skipped: Record<string, string> = {};
  const makers = { ...comparison.others, ...comparison.peers };
  for (const [name, make] of Object.entries(makers)) {
    try {
      contenders.set(name, await make());
    } catch (error) {
      if (!(error instanceof Unavailable)) throw error;
      skipped[name] = error.message;
    }
  }
  return { contenders, skipped };
}

async function compareAnswers(contenders: ReadonlyMap<string, Contender>, tolerance: number): Promise<string | undefined> {
  const expected = await contenders.get(OURS)?.answer?.();
  for (const [name, contender] of contenders) {
    if (name === OURS || contender.answer === undefined) continue;
    const apart = difference(expected ?? [], await contender.answer());
    if (!(apart <= tolerance)) return `the answers of ${OURS} and ${name} differ by ${apart.toExponential(1)} (allowed ${tolerance.toExponential(0)})`;
  }
  return undefined;
}

/** Compares the answers, then lets every contender take its turn in every round. */
async function compare(row: string, comparison: Comparison, effort: Effort): Promise<Outcome> {
  const { contenders, skipped } = await gather(comparison);
  const failure = await compareAnswers(contenders, comparison.tolerance ?? 1e-4);
  const counts = new Map<string, number>();
  for (const [name, contender] of contenders) counts.set(name, await warmUp(contender, effort.roundSeconds));
  const times = new Map<string, number[]>([...contenders.keys()].map((name) => [name, []]));
  const slow = new Set<string>();
  for (let round = 0; round < effort.rounds; round++) {
    // Every other round goes backwards, so that nobody always follows the same neighbour.
    const order = round % 2 === 0 ? [...contenders] : [...contenders].reverse();
    for (const [name, contender] of order) {
      if (slow.has(name) && round >= 3) continue;
      const count = counts.get(name)!;
      const seconds = (await contender.time(count)) / count;
      if (seconds > SLOW_RUN_SECONDS) slow.add(name);
      times.get(name)!.push(seconds);
    }
  }
  for (const contender of contenders.values()) contender.close?.();
  const own = times.get(OURS)!;
  const ratios: Record<string, number> = {};
  const spread: Record<string, number> = {};
  for (const [name, each] of times) {
    if (name === OURS) continue;
    // A slow contender, ours too, may have left out the later rounds.
    const ofRounds = each.slice(0, own.length).map((seconds, round) => seconds / own[round]!);
    ratios[name] = median(ofRounds);
    spread[name] = relativeSpread(ofRounds);
  }
  const seconds = median(own);
  const value = toFigure(comparison.figure, seconds);
  const verdicts = comparison.bars.map((bar) => judge(bar, value, ratios)).map((verdict) => (failure === undefined ? verdict : { ...verdict, reached: false }));
  return { row, name: comparison.name, ours: { value, unit: comparison.figure.unit }, seconds, ratios, spread, skipped, ...(failure !== undefined && { failure }), verdicts };
}

/** Measures what has no rounds of its own. */
async function measure(row: string, { name, unit, bars, measure: take }: Measurement): Promise<Outcome> {
  const value = await take();
  return { row, name, ours: { value, unit }, ratios: {}, spread: {}, skipped: {}, verdicts: bars.map((bar) => judge(bar, value, {})) };
}

/** Measures the parts of something. */
async function takeApart(row: string, { name, unit, measure: take }: Breakdown): Promise<Outcome[]> {
  return (await take()).map((part) => ({ row, name: `${name}: ${part.name}`, ours: { value: part.value, unit }, ratios: {}, spread: {}, skipped: {}, verdicts: [] }));
}

/** The outcome of a case that could not be measured: why, and no bar reached. */
export function unmeasured(row: string, one: Case, why: Partial<Pick<Outcome, "skipped" | "failure">>): Outcome {
  const unit = one.kind === "comparison" ? one.figure.unit : one.unit;
  const bars = one.kind === "breakdown" ? [] : one.bars;
  const verdicts = bars.map((bar): Verdict => ({ bar, measured: undefined, reached: false }));
  return { row, name: one.name, ours: { value: Number.NaN, unit }, ratios: {}, spread: {}, skipped: {}, ...why, verdicts };
}

/** Measures a case of a row. */
export async function measureCase(row: string, one: Case, effort: Effort): Promise<Outcome[]> {
  switch (one.kind) {
    case "comparison":
      return [await compare(row, one, effort)];
    case "measurement":
      return [await measure(row, one)];
    case "breakdown":
      return takeApart(row, one);
  }
}
