/** A local maximum along a line. */
export interface Hill {
  readonly position: number;
  readonly loss: number;
  /** How far it rises above the higher of the two valleys beside it: what has to be climbed at least to get across. */
  readonly height: number;
}

/** The lowest ground that can be reached from a place without climbing above it. */
function lowestBefore(losses: readonly number[], from: number, direction: -1 | 1): number {
  const top = losses[from]!;
  let lowest = top;
  for (let place = from + direction; place >= 0 && place < losses.length && losses[place]! <= top; place += direction) {
    lowest = Math.min(lowest, losses[place]!);
  }
  return lowest;
}

/**
 * The hills of a sequence of losses: every maximum with lower ground on both sides. A plateau is one hill, at its first position; a loss that
 * is not finite ends the view.
 */
export function hillsOf(positions: readonly number[], losses: readonly number[]): Hill[] {
  return positions.flatMap((position, index) => {
    const loss = losses[index]!;
    const previous = losses[index - 1];
    if (previous === undefined || !(previous < loss)) return [];
    const height = loss - Math.max(lowestBefore(losses, index, -1), lowestBefore(losses, index, 1));
    const next = losses.slice(index + 1).find((other) => other !== loss);
    return next !== undefined && next < loss && height > 0 ? [{ position, loss, height }] : [];
  });
}
