import { describe, expect, it } from "vitest";
import { parseHidden, parseLearningRates, parseOptimizers, parseSchedule } from "../../src/digits/option-values.ts";
import { parseCount, parseSeed, parseShare } from "../../src/option-values.ts";

describe("option values", () => {
  it("reads optimizers with commas and repeated options, each once", () => {
    expect(parseOptimizers("sgd, Adam")).toEqual(["sgd", "adam"]);
    expect(parseOptimizers("rmsprop,sgd", ["sgd", "adam"])).toEqual(["sgd", "adam", "rmsprop"]);
  });

  it("names the nearest optimizer or schedule", () => {
    expect(() => parseOptimizers("adm")).toThrow('There is no "adm". Did you mean adam?');
    expect(() => parseSchedule("cosin")).toThrow('There is no "cosin". Did you mean cosine?');
    expect(() => parseLearningRates("momentun=0.1")).toThrow('There is no "momentun". Did you mean momentum?');
  });

  it("reads one learning rate for all and rates by name", () => {
    const rates = parseLearningRates("0.01,adam=1e-3", parseLearningRates("sgd=0.5"));
    expect(rates.all).toBe(0.01);
    expect([...rates.byName]).toEqual([
      ["sgd", 0.5],
      ["adam", 0.001],
    ]);
    expect(() => parseLearningRates("-1")).toThrow("must be a number above 0");
  });

  it("reads hidden sizes", () => {
    expect(parseHidden("256,128")).toEqual([256, 128]);
    expect(parseHidden("none")).toEqual([]);
    expect(() => parseHidden("256,")).toThrow("such as 128 or 256,128");
  });

  it("reads shares as numbers and percentages", () => {
    expect(parseShare("0.975")).toBe(0.975);
    expect(parseShare("97.5%")).toBeCloseTo(0.975, 12);
    expect(() => parseShare("97.5")).toThrow("a share from 0 to 1");
    expect(() => parseShare("")).toThrow("a share from 0 to 1");
  });

  it("refuses counts and seeds that are none", () => {
    expect(parseCount("12")).toBe(12);
    for (const text of ["0", "1.5", "-3", "many", ""]) expect(() => parseCount(text)).toThrow("a whole number from 1");
    expect(parseSeed("0")).toBe(0);
    expect(() => parseSeed("4294967296")).toThrow("0 to 4294967295");
  });
});
