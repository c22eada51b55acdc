/** Writes a number for a message, with three digits. */
export function short(x: number): string {
  return String(Number(x.toPrecision(3)));
}
