const SUPERSCRIPTS: Readonly<Record<string, string>> = {
  "0": "⁰", "1": "¹", "2": "²", "3": "³", "4": "⁴", "5": "⁵", "6": "⁶", "7": "⁷", "8": "⁸", "9": "⁹", "-": "⁻", "−": "⁻", ".": "·",
};

/** Raises digits, signs and points: `⁻⁰·⁵`. */
function superscript(text: string): string {
  return Array.from(text, (character) => SUPERSCRIPTS[character] ?? character).join("");
}

/** Writes a number as a power of ten: `1.23·10⁻⁹`, and `10⁻⁹` where the factor is 1. */
export function showScientific(value: number, digits: number): string {
  const [factor = "", exponent = ""] = value.toExponential(digits - 1).split("e");
  const power = `10${superscript(exponent.replace("+", ""))}`;
  const size = Number(factor.replace("-", ""));
  return `${value < 0 ? "−" : ""}${size === 1 ? "" : `${String(size)}·`}${power}`;
}

/** Writes a number with a few significant digits: `0.0123`, `4,560`, `1.23·10⁻⁹`, `∞`. */
export function showNumber(value: number, digits = 3): string {
  if (Number.isNaN(value)) return "not a number";
  if (!Number.isFinite(value)) return value > 0 ? "∞" : "−∞";
  if (value === 0) return "0";
  const size = Math.abs(value);
  if (size < 1e-3 || size >= 1e6) return showScientific(value, digits);
  return Number(value.toPrecision(digits)).toLocaleString("en-US", { maximumFractionDigits: 6 }).replace("-", "−");
}

/** Writes a share from 0 to 1 as a percentage with one decimal. */
export function showPercent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}

/** Writes a power law: `k⁻⁰·⁵`. */
export function showPower(base: string, exponent: number): string {
  return base + superscript(showNumber(exponent));
}

/** Writes the least and the largest of numbers: `0.133 to 0.374`, or the one number that they all look like. */
export function showRange(values: readonly number[]): string {
  const [least, largest] = [showNumber(Math.min(...values)), showNumber(Math.max(...values))];
  return least === largest ? least : `${least} to ${largest}`;
}
