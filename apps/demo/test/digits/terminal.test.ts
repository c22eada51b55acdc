import { describe, expect, it } from "vitest";
import { lossChart } from "../../src/digits/terminal/chart.ts";
import { allowsControlCodes, openTerminal } from "../../src/terminal/console-style.ts";
import { formatCount, formatLoss, formatPercent, formatSeconds } from "../../src/terminal/format.ts";
import { resultTable } from "../../src/digits/terminal/table.ts";
import { syntheticExperiment } from "./synthetic-experiment.ts";

const ESCAPE = String.fromCharCode(27);
const { runs, epochs, stepsPerEpoch } = syntheticExperiment();

/** A stream that claims to be a terminal of this width, or a pipe. */
function fakeStream(isTTY: boolean): NodeJS.WriteStream {
  return { isTTY, columns: 80, write: () => true } as unknown as NodeJS.WriteStream;
}

describe("control codes", () => {
  it("are written to a terminal only, never with NO_COLOR or on a dumb one", () => {
    expect(allowsControlCodes(fakeStream(true), {})).toBe(true);
    expect(allowsControlCodes(fakeStream(true), { NO_COLOR: "" })).toBe(true);
    expect(allowsControlCodes(fakeStream(true), { NO_COLOR: "1" })).toBe(false);
    expect(allowsControlCodes(fakeStream(true), { TERM: "dumb" })).toBe(false);
    expect(allowsControlCodes(fakeStream(false), {})).toBe(false);
  });
});

describe("terminal figures", () => {
  it("puts all curves into one figure with a legend where there are colors", () => {
    const lines = lossChart(openTerminal(fakeStream(true), {}, false), runs, epochs, stepsPerEpoch).join("\n");
    expect(lines).toContain(ESCAPE);
    expect(lines).toContain("━━ adam");
    expect(lines.match(/┤|┼/gu)?.length).toBeGreaterThan(12);
  });

  it("draws one figure for each optimizer without colors, no line wider than the terminal", () => {
    const terminal = openTerminal(fakeStream(false), {}, false);
    const lines = lossChart(terminal, runs, epochs, stepsPerEpoch).join("\n").split("\n");
    expect(lines.join("")).not.toContain(ESCAPE);
    expect(lines.filter((line) => ["adam", "rmsprop", "momentum", "sgd"].includes(line))).toHaveLength(4);
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(80);
    expect(lines.at(-1)).toMatch(/1 +2 +3 +4 +5 {2}epochs$/u);
  });

  it("draws nothing when nothing was trained", () => {
    const nothing = runs.map((run) => ({ ...run, losses: [] }));
    expect(lossChart(openTerminal(fakeStream(false), {}, false), nothing, epochs, stepsPerEpoch)).toEqual([]);
  });
});

describe("closing table", () => {
  it("has one row for each optimizer and fits into 80 columns", () => {
    const table = resultTable(openTerminal(fakeStream(false), {}, false), runs, stepsPerEpoch);
    expect(table).not.toContain(ESCAPE);
    expect(table).toMatch(/adam +│ +0\.001 │ +0\.05\d\d │ +97\.87 % │ 1\.25 s │ +312 │/u);
    expect(Math.max(...table.split("\n").map((line) => line.length))).toBeLessThanOrEqual(80);
  });
});

describe("formats", () => {
  it("show what matters of a number, and a dash for none", () => {
    expect([0.12345, 12.345, 0.00012, Number.NaN, Number.POSITIVE_INFINITY].map(formatLoss)).toEqual(["0.1235", "12.3", "1.20e-4", "–", "∞"]);
    expect([0.97512, Number.NaN].map(formatPercent)).toEqual(["97.51 %", "–"]);
    expect([1.234, 123.4].map(formatSeconds)).toEqual(["1.23 s", "123 s"]);
    expect(formatCount(12345.6)).toBe("12,346");
  });
});
