import { describe, expect, it } from "vitest";
import { evaluate, surestMistakes } from "../../src/digits/evaluate.ts";

/** Three digits of one pixel and two classes: right, wrong by a little, wrong by much. */
const LOGITS = [2, 0, 1, 0, 0, 5];
const LABELS = Int32Array.of(0, 1, 0);

describe("evaluation", () => {
  it("counts the digits whose largest logit is the label", () => {
    expect(evaluate(LOGITS, LABELS)).toEqual({ accuracy: 1 - 2 / 3, wrong: [1, 2] });
  });

  it("orders mistakes by the probability of the wrong answer", () => {
    const digits = { pixels: Float32Array.of(0.25, 0.5, 0.75), width: 1, labels: LABELS };
    const mistakes = surestMistakes(LOGITS, digits, [1, 2], 5);
    expect(mistakes.map(({ index, predicted, actual }) => [index, predicted, actual])).toEqual([
      [2, 1, 0],
      [1, 0, 1],
    ]);
    expect(mistakes[0]?.confidence).toBeCloseTo(1 / (1 + Math.exp(-5)), 12);
    expect([...(mistakes[0]?.pixels ?? [])]).toEqual([0.75]);
    expect(surestMistakes(LOGITS, digits, [1, 2], 1)).toHaveLength(1);
  });
});
