import { parseHTML } from "linkedom";
import { describe, expect, it } from "vitest";
import { chapterJson } from "../../src/chapter/chapter-json.ts";
import { NO_FINDINGS } from "../../src/chapter/chapter-record.ts";
import { chapterReport } from "../../src/chapter/report/chapter-report.ts";
import { tickText } from "../../src/chapter/report/chart-figure.ts";
import { thinPoints } from "../../src/chapter/report/thin-points.ts";
import { syntheticChapter, syntheticExperiment, syntheticResult } from "./synthetic-chapter.ts";

describe("chapter report", () => {
  const page = chapterReport(syntheticChapter([syntheticResult()]));
  const { document } = parseHTML(page);

  it("is self-contained: no script, and no address but places on the page", () => {
    expect(page).not.toMatch(/https?:|\/\/[a-z]+\.|@import|<script|<link|<iframe/u);
    expect(page).toContain("default-src 'none'");
    const targets = [...document.querySelectorAll("[href]")].map((element) => element.getAttribute("href"));
    expect(targets).toEqual(["#synthetic"]);
    expect(document.querySelector("#synthetic h2")?.textContent).toBe("1Error < noise");
  });

  it("shows each claim with its verdict, the text as text and MathML as formula", () => {
    expect([...document.querySelectorAll(".claims li")].map((item) => item.getAttribute("class"))).toEqual(["held", "missed"]);
    expect(document.querySelector(".measured")?.textContent).toBe("slope -0.5 <of 3 runs>");
    expect(document.querySelector(".contents .score")?.textContent).toBe("✗ 1 of 2 not");
    expect(document.querySelector(".formula math mi")?.textContent).toBe("x");
    expect(page).toContain("1 of 2 claims held, 1 did not");
  });

  it("draws lines, dots and a legend in both sizes, and leaves gaps where there is no point", () => {
    for (const selector of [".charts .wide svg", ".charts .narrow svg"]) {
      const figure = document.querySelector(selector);
      expect(figure?.querySelectorAll('[aria-label="dot"] circle')).toHaveLength(3);
      const paths = [...(figure?.querySelectorAll('[aria-label="line"] path') ?? [])].map((path) => path.getAttribute("d") ?? "");
      expect(paths).toHaveLength(2);
      expect(paths.join("")).not.toContain("NaN");
      expect(paths.at(-1)?.match(/M/gu)).toHaveLength(2);
    }
    expect([...document.querySelectorAll(".charts .legend li")].map((entry) => entry.textContent)).toEqual(["measured", "theory", "gaps"]);
    expect(page.length).toBeLessThan(100_000);
  });

  it("says what was interrupted, never started, or ended in an error", () => {
    const results = [
      syntheticResult({ status: "failed", message: "Error: <broken>\n    at somewhere", findings: NO_FINDINGS }),
      syntheticResult({ experiment: syntheticExperiment({ name: "second", formula: "a < b" }), status: "not-started", message: "not started", findings: NO_FINDINGS }),
    ];
    const interrupted = parseHTML(chapterReport(syntheticChapter(results))).document;
    expect(interrupted.querySelector(".note")?.textContent).toContain("interrupted");
    expect(interrupted.querySelector(".trouble")?.textContent).toContain("Error: <broken>");
    expect([...interrupted.querySelectorAll(".score")].map((score) => score.textContent)).toEqual(["error", "not started"]);
    expect(interrupted.querySelector("#second .formula")?.textContent).toBe("a < b");
    expect(interrupted.querySelectorAll("svg")).toHaveLength(0);
  });
});

describe("chapter as JSON", () => {
  it("has claims, numbers and points, null for what is not finite", () => {
    const json = JSON.parse(chapterJson(syntheticChapter([syntheticResult()]))) as {
      claims: number;
      held: number;
      experiments: { numbers: Record<string, string>; charts: { series: { points: (number | null)[][] }[] }[] }[];
    };
    expect([json.claims, json.held]).toEqual([2, 1]);
    expect(json.experiments[0]?.numbers).toEqual({ runs: "3" });
    expect(json.experiments[0]?.charts[0]?.series[2]?.points[1]).toEqual([2, null]);
  });
});

describe("ticks", () => {
  it("are plain numbers near 1 and powers of ten far from it", () => {
    expect([0, 0.25, 2000, 1e-6, 2e-6, 1e5, -3e7].map(tickText)).toEqual(["0", "0.25", "2,000", "10⁻⁶", "2·10⁻⁶", "10⁵", "−3·10⁷"]);
  });
});

describe("thinning", () => {
  it("keeps the first, lowest, highest and last point of each column, and gaps", () => {
    const points = [[0, 5], [0.1, 1], [0.2, 9], [0.3, 4], [0.4, 6], undefined, [10, 3]] as const;
    expect(thinPoints(points, false, 10)).toEqual([[0, 5], [0.1, 1], [0.2, 9], [0.4, 6], undefined, [10, 3]]);
  });

  it("keeps a path that goes back and forth in its order", () => {
    const path = [[0, 0], [1, 1], [0, 2], [1, 3]] as const;
    expect(thinPoints(path, false, 100)).toEqual(path);
  });

  it("keeps all of a curve without width", () => {
    const points = [[3, 1], [3, 2], [3, 3]] as const;
    expect(thinPoints(points, true, 100)).toEqual(points);
  });
});
