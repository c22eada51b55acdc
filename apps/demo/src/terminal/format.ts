const MISSING = "–";

/** A loss with four digits that matter; a dash where it was never measured. */
export function formatLoss(loss: number): string {
  if (Number.isNaN(loss)) return MISSING;
  if (!Number.isFinite(loss)) return loss > 0 ? "∞" : "-∞";
  if (loss !== 0 && (loss < 0.001 || loss >= 10_000)) return loss.toExponential(2);
  return loss.toFixed(loss < 10 ? 4 : 1);
}

/** A share from 0 to 1 as a percentage. */
export function formatPercent(share: number): string {
  return Number.isFinite(share) ? `${(100 * share).toFixed(2)} %` : MISSING;
}

/** A duration in seconds. */
export function formatSeconds(seconds: number): string {
  return Number.isFinite(seconds) ? `${seconds.toFixed(seconds < 100 ? 2 : 0)} s` : MISSING;
}

/** A whole number with thin groups of three. */
export function formatCount(count: number): string {
  return Number.isFinite(count) ? Math.round(count).toLocaleString("en-US") : MISSING;
}
