import type { MisreadDigit } from "./run-record.ts";

/** The digits that a network is tested on, in the order of their logits. */
export interface TestDigits {
  /** Ink from 0 to 1, one digit after the other. */
  readonly pixels: Float32Array;
  readonly width: number;
  readonly labels: Int32Array;
}

/** How well a network reads the test digits. */
export interface Evaluation {
  /** Share that is read correctly, from 0 to 1. */
  readonly accuracy: number;
  /** Positions of the digits that are read wrongly, in order. */
  readonly wrong: readonly number[];
}

/** The position of the largest of the ten logits of one digit. */
function readDigit(logits: ArrayLike<number>, start: number, classes: number): number {
  let best = 0;
  for (let digit = 1; digit < classes; digit += 1) {
    if (logits[start + digit]! > logits[start + best]!) best = digit;
  }
  return best;
}

/** The softmax probability of one answer: exp(z_k) / Σ_j exp(z_j), shifted by the largest logit against overflow. */
function probability(logits: ArrayLike<number>, start: number, classes: number, answer: number): number {
  const largest = logits[start + readDigit(logits, start, classes)]!;
  let total = 0;
  for (let digit = 0; digit < classes; digit += 1) total += Math.exp(logits[start + digit]! - largest);
  return Math.exp(logits[start + answer]! - largest) / total;
}

/** Compares the most likely answers with the labels. */
export function evaluate(logits: ArrayLike<number>, labels: Int32Array): Evaluation {
  const classes = logits.length / labels.length;
  const wrong: number[] = [];
  labels.forEach((label, index) => {
    if (readDigit(logits, index * classes, classes) !== label) wrong.push(index);
  });
  return { accuracy: 1 - wrong.length / labels.length, wrong };
}

/** Collects the mistakes that the network was most sure of, surest first. */
export function surestMistakes(logits: ArrayLike<number>, digits: TestDigits, wrong: readonly number[], count: number): MisreadDigit[] {
  const classes = logits.length / digits.labels.length;
  const size = digits.pixels.length / digits.labels.length;
  return wrong
    .map((index) => {
      const predicted = readDigit(logits, index * classes, classes);
      return { index, predicted, confidence: probability(logits, index * classes, classes, predicted) };
    })
    .sort((left, right) => right.confidence - left.confidence)
    .slice(0, count)
    .map((mistake) => ({
      ...mistake,
      actual: digits.labels[mistake.index]!,
      pixels: digits.pixels.slice(mistake.index * size, (mistake.index + 1) * size),
      width: digits.width,
    }));
}
