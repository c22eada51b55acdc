import { checkNumber, checkOptions, describeValue, fail } from "@opt/core";
import type { Schedule } from "@opt/core";

import { checkSchedule } from "./check-schedule.ts";

/** One piece of {@link join}. */
export interface SchedulePiece {
  /** The schedule of this piece; it counts its own steps from 0 at the start of the piece. */
  readonly schedule: Schedule;
  /** The step at which the next piece takes over; an integer above the one before. Every piece but the last needs it. */
  readonly until?: number;
}

/**
 * Runs schedules one after another: `ε(k) = scheduleᵢ(k − startᵢ)` with `startᵢ ≤ k < untilᵢ`. The last one has no end.
 *
 * @param pieces - At least one; see {@link SchedulePiece}.
 * @returns The schedule.
 * @throws OptError `option` when an `until` is missing, superfluous or not above the one before.
 * @see optax's `join_schedules`, which takes the boundaries as a second list.
 *
 * @example
 * ```ts
 * import { constant, join, linear } from "@opt/schedules";
 *
 * const learningRate = join([
 *   { schedule: constant(0.1), until: 500 },
 *   { schedule: linear({ initial: 0.1, final: 0.001, steps: 500 }) },
 * ]);
 * learningRate(750); // 0.0505
 * ```
 */
export function join(pieces: readonly SchedulePiece[]): Schedule {
  if (!Array.isArray(pieces) || pieces.length === 0) {
    fail("option", `join(pieces): must be a list of at least one { schedule, until }; got ${describeValue(pieces)}.`);
  }
  const parts: { start: number; schedule: Schedule }[] = [];
  let start = 0;
  pieces.forEach((piece: SchedulePiece, index) => {
    const where = `join pieces[${index}]`;
    checkOptions(where, piece, ["schedule", "until"]);
    parts.push({ start, schedule: checkSchedule(`${where}({ schedule })`, piece.schedule) });
    if (index < pieces.length - 1) {
      start = checkNumber(where, "until", piece.until, { above: start, integer: true });
    } else if (piece.until !== undefined) {
      fail("option", `${where}({ until }): must be left out; got ${describeValue(piece.until)}. The last piece has no end: add another one to follow it.`);
    }
  });
  return (step) => {
    // Few pieces, and most steps belong to the last ones: search from the end. Steps below 0 belong to the first.
    const part = parts.findLast((candidate) => step >= candidate.start) ?? parts[0]!;
    return part.schedule(step - part.start);
  };
}
