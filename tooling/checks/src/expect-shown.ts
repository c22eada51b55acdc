/** The numbers of a shown value, each with half a unit of its last decimal, by which a rounded one may be off. */
function numbersOf(shown: string): { value: number; tolerance: number }[] {
  return shown
    .replace(/[[\]_]/g, "")
    .split(",")
    .map((text) => {
      const value = Number(text);
      const decimals = /^\s*-?\d*\.(\d+)\s*$/.exec(text)?.[1]?.length;
      const rounding = decimals === undefined ? 0 : 0.5 * 10 ** -decimals;
      return { value, tolerance: rounding + 1e-6 * Math.max(1, Math.abs(value)) };
    });
}

/**
 * Compares what an example computed with what its comment shows.
 *
 * @throws Error when a number differs by more than its rounding, or the count differs.
 */
export function expectShown(value: unknown, shown: string): void {
  const actual = typeof value === "number" ? [value] : Array.from(value as ArrayLike<number>);
  const expected = numbersOf(shown);
  const same = actual.length === expected.length && expected.every((each, index) => Math.abs((actual[index] ?? NaN) - each.value) <= each.tolerance);
  if (!same) throw new Error(`the comment shows ${shown}, but the value is ${actual.length === 1 ? String(actual[0]) : `[${actual.join(", ")}]`}`);
}
