import { PNG } from "pngjs";
import type { MisreadDigit } from "../run-record.ts";

const GRAYSCALE_WITH_ALPHA = 4;

/** A digit as a PNG data URI: black ink on nothing, so that the page decides about paper and ink. */
export function digitImage(digit: MisreadDigit): string {
  const height = digit.pixels.length / digit.width;
  const png = new PNG({ width: digit.width, height });
  digit.pixels.forEach((ink, index) => {
    png.data[4 * index + 3] = Math.round(255 * Math.min(Math.max(ink, 0), 1));
  });
  const bytes = PNG.sync.write(png, { colorType: GRAYSCALE_WITH_ALPHA });
  return `data:image/png;base64,${bytes.toString("base64")}`;
}
