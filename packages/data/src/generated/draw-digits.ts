import { checkNumber, foldIn, hostRandomBits } from "@opt/core";
import type { Key } from "@opt/core";

import type { Dataset } from "../dataset.ts";
import { randomSource } from "../random-source.ts";
import type { RandomSource } from "../random-source.ts";
import { digitStyles } from "./digit-strokes.ts";
import { inkPath, tracePen } from "./pen.ts";
import { checkGenerator } from "./points.ts";

/** Options of {@link drawDigits}. */
export interface DrawDigitsOptions {
  /** The number of digits; an integer ≥ 1. */
  readonly count: number;
  /** The key: the same key, the same digits, and the first of many are those of few. */
  readonly key: Key;
  /** The side of an image in pixels; an integer ≥ 8. Default 28. */
  readonly size?: number;
}

/** The distortions of one digit; lengths are parts of the image's side. */
interface Hand {
  readonly matrix: readonly [number, number, number, number];
  readonly shift: readonly [number, number];
  readonly wave: readonly [number, number, number, number];
  readonly wobble: number;
  readonly penRadius: number;
}

/** Chosen so that neighbors on a contact sheet look like different people's writing and all can still be read. */
function drawHand(random: RandomSource): Hand {
  const rotation = random.normal(0.12);
  const shear = random.normal(0.2);
  const width = random.uniform(0.55, 0.92);
  const height = random.uniform(0.66, 0.88);
  const [cosine, sine] = [Math.cos(rotation), Math.sin(rotation)];
  return {
    // Scale, then shear x by y, then rotate.
    matrix: [cosine * width, (cosine * -shear - sine) * height, sine * width, (sine * -shear + cosine) * height],
    shift: [random.normal(0.035), random.normal(0.035)],
    wave: [random.normal(0.022), random.uniform(0, 2 * Math.PI), random.normal(0.022), random.uniform(0, 2 * Math.PI)],
    wobble: 0.022,
    penRadius: random.uniform(0.03, 0.062),
  };
}

/** Moves a path from the unit square of the styles to pixels, in place. */
function distort(path: Float64Array, hand: Hand, size: number): void {
  const [a, b, c, d] = hand.matrix;
  for (let point = 0; point < path.length; point += 2) {
    const x = path[point]! - 0.5;
    const y = path[point + 1]! - 0.5;
    const wavyX = x + hand.wave[0] * Math.sin(7 * y + hand.wave[1]);
    const wavyY = y + hand.wave[2] * Math.sin(7 * x + hand.wave[3]);
    path[point] = (0.5 + a * wavyX + b * wavyY + hand.shift[0]) * size - 0.5;
    path[point + 1] = (0.5 + c * wavyX + d * wavyY + hand.shift[1]) * size - 0.5;
  }
}

/** Adds the grain of the scan, ±0.04, one random byte per pixel, and keeps the pixels in [0, 1]. */
function addGrain(image: Float32Array, key: Key): void {
  const bits = hostRandomBits(key, Math.ceil(image.length / 4));
  for (let pixel = 0; pixel < image.length; pixel++) {
    const byte = (bits[pixel >> 2]! >>> (8 * (pixel & 3))) & 0xff;
    const value = image[pixel]! + (byte / 255 - 0.5) * 0.08;
    image[pixel] = value < 0 ? 0 : value > 1 ? 1 : value;
  }
}

/**
 * Draws handwriting-like digits: strokes of several styles per digit through a random hand (rotation, shear, scale, shift, a slow wave,
 * wobble of every point, pen width) with a little grain. A stand-in for MNIST that needs no download; digit i depends on the key and i alone.
 *
 * @param options - See {@link DrawDigitsOptions}.
 * @returns Inputs in [0, 1] of shape `[size · size]`, ink is 1; targets 0 … 9, each equally likely.
 * @throws OptError `option`.
 *
 * @example
 * ```ts
 * import { key } from "@opt/core";
 * import { drawDigits } from "@opt/data";
 *
 * const digits = drawDigits({ count: 100, key: key(1) });
 * digits.inputShape; // [784]
 * digits.targets.length; // 100
 * ```
 */
export function drawDigits(options: DrawDigitsOptions): Dataset {
  checkGenerator("drawDigits", options, ["size"]);
  const side = checkNumber("drawDigits", "size", options.size ?? 28, { min: 8, integer: true });
  const pixels = side * side;
  const inputs = new Float32Array(options.count * pixels);
  const targets = new Int32Array(options.count);
  for (let index = 0; index < options.count; index++) {
    const digitKey = foldIn(options.key, index);
    const random = randomSource(digitKey, 80);
    const digit = Math.floor(random.uniform(0, 10));
    const styles = digitStyles[digit]!;
    const style = styles[Math.floor(random.uniform(0, styles.length))]!;
    const hand = drawHand(random);
    const image = inputs.subarray(index * pixels, (index + 1) * pixels);
    for (const stroke of style) {
      const path = tracePen(stroke, hand.wobble, random);
      distort(path, hand, side);
      inkPath(image, side, path, hand.penRadius * side);
    }
    addGrain(image, digitKey);
    targets[index] = digit;
  }
  return { size: options.count, inputs, inputShape: [pixels], targets, targetShape: [] };
}
