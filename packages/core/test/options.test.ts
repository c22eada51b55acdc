import { checkNumber, checkOptions, describeValue, fail, nearest, OptError, tensor } from "@opt/core";
import { describe, expect, it } from "vitest";

function messageOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (error instanceof OptError) return `${error.code}: ${error.message}`;
    throw error;
  }
  return "no error";
}

describe("checkNumber", () => {
  it("returns what fits, at the ends too", () => {
    expect(checkNumber("f", "x", 0, { min: 0, below: 1 })).toBe(0);
    expect(checkNumber("f", "x", 1, { above: 0, max: 1 })).toBe(1);
    expect(checkNumber("f", "x", -3)).toBe(-3);
    expect(checkNumber("f", "x", 7, { integer: true })).toBe(7);
  });

  it.each([
    [1.2, { min: 0, below: 1 }, "option: adam({ beta2 }): must be in [0, 1); got 1.2."],
    [1, { min: 0, below: 1 }, "option: adam({ beta2 }): must be in [0, 1); got 1."],
    [0, { above: 0, max: 1 }, "option: adam({ beta2 }): must be in (0, 1]; got 0."],
    [-1, { min: 0 }, "option: adam({ beta2 }): must be a number ≥ 0; got -1."],
    [0, { above: 0 }, "option: adam({ beta2 }): must be a number > 0; got 0."],
    [2, { max: 1 }, "option: adam({ beta2 }): must be a number ≤ 1; got 2."],
    [2, { below: 2 }, "option: adam({ beta2 }): must be a number < 2; got 2."],
    [0.5, { integer: true }, "option: adam({ beta2 }): must be an integer; got 0.5."],
    [0.5, { integer: true, min: 0, max: 3 }, "option: adam({ beta2 }): must be an integer in [0, 3]; got 0.5."],
    [NaN, {}, "option: adam({ beta2 }): must be a finite number; got NaN."],
    [Infinity, { min: 0 }, "option: adam({ beta2 }): must be a number ≥ 0; got Infinity."],
    ["0.9", {}, 'option: adam({ beta2 }): must be a finite number; got "0.9".'],
    [undefined, {}, "option: adam({ beta2 }): must be a finite number; got undefined."],
    [null, {}, "option: adam({ beta2 }): must be a finite number; got null."],
  ])("refuses %s outside %j", (value, range, message) => {
    expect(messageOf(() => checkNumber("adam", "beta2", value, range))).toBe(message);
  });
});

describe("checkOptions", () => {
  it("accepts known names and no options at all", () => {
    expect(messageOf(() => { checkOptions("sgd", { momentum: 0.9 }, ["learningRate", "momentum"]); })).toBe("no error");
    expect(messageOf(() => { checkOptions("sgd", undefined, []); })).toBe("no error");
  });

  it("names the nearest known option", () => {
    const names = ["learningRate", "momentum", "weightDecay"];
    expect(messageOf(() => { checkOptions("sgd", { learningrate: 1 }, names); })).toBe('option: sgd({ learningrate }): unknown option. Did you mean "learningRate"?');
    expect(messageOf(() => { checkOptions("sgd", { wieghtDecay: 1 }, names); })).toBe('option: sgd({ wieghtDecay }): unknown option. Did you mean "weightDecay"?');
    expect(messageOf(() => { checkOptions("sgd", { q: 1 }, names); })).toBe("option: sgd({ q }): unknown option. Known options: learningRate, momentum, weightDecay.");
    expect(messageOf(() => { checkOptions("sgd", 0.1 as never, names); })).toBe("option: sgd(options): must be an object with the options learningRate, momentum, weightDecay; got 0.1.");
    expect(messageOf(() => { checkOptions("sgd", null as never, names); })).toBe("option: sgd(options): must be an object with the options learningRate, momentum, weightDecay; got null.");
  });
});

describe("helpers of messages", () => {
  it("finds the nearest word", () => {
    expect([nearest("adm", ["sgd", "adam"]), nearest("ADAM", ["sgd", "adam"]), nearest("lion", ["sgd", "adam"]), nearest("", [])]).toEqual(["adam", "adam", undefined, undefined]);
  });

  it("writes values shortly", () => {
    const values: readonly unknown[] = [1, -0.5, "a", true, undefined, null, [1, "b"], new Array(20).fill(0), { a: 1, b: 2 }, {}, () => 0, new Map(), tensor([1, 2]), 3n];
    expect(values.map(describeValue)).toMatchInlineSnapshot(`
      [
        "1",
        "-0.5",
        ""a"",
        "true",
        "undefined",
        "null",
        "[1, "b"]",
        "an array of 20",
        "an object with keys a, b",
        "an empty object",
        "a function",
        "a value of class Map",
        "a value of class Tensor",
        "3",
      ]
    `);
  });

  it("throws an error with a code", () => {
    expect(() => fail("data", "broken")).toThrow(new OptError("data", "broken"));
    const error = new OptError("shape", "message");
    expect([error.name, error.code, error.message, error instanceof Error]).toEqual(["OptError", "shape", "message", true]);
  });
});
