/** A number as text: `String` writes 0 and −0 alike. */
export function exactText(value: number): string {
  return Object.is(value, -0) ? "-0" : String(value);
}
