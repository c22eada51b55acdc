import { parseHTML } from "linkedom";
import { PNG } from "pngjs";
import { describe, expect, it } from "vitest";
import { digitImage } from "../../src/digits/report/digit-image.ts";
import { htmlReport } from "../../src/digits/report/report.ts";
import { syntheticExperiment, syntheticRun } from "./synthetic-experiment.ts";

const MEGABYTE = 1_000_000;

describe("report", () => {
  const page = htmlReport(syntheticExperiment());
  const { document } = parseHTML(page);

  it("is self-contained: no address, script, link or embedded file but PNG data", () => {
    expect(page).not.toMatch(/https?:|\/\/[a-z]+\.|@import|<script|<link|<iframe/u);
    expect(page).toContain("default-src 'none'");
    const sources = [...document.querySelectorAll("[src], [href]")].map((element) => element.getAttribute("src") ?? "");
    expect(sources).toHaveLength(4 * 24);
    expect(sources.every((source) => source.startsWith("data:image/png;base64,"))).toBe(true);
    expect(page.length).toBeLessThan(MEGABYTE);
  });

  it("draws a line and a band for each optimizer, on both axes and in both sizes", () => {
    for (const selector of [".log .wide svg", ".log .narrow svg", ".linear .wide svg", ".linear .narrow svg"]) {
      const figure = document.querySelector(selector);
      expect(figure?.querySelectorAll('[aria-label="line"] path')).toHaveLength(4);
      expect(figure?.querySelectorAll('[aria-label="area"] path')).toHaveLength(4);
    }
    expect(page).not.toContain("NaN,");
  });

  it("draws a dot for the accuracy of each epoch", () => {
    expect(document.querySelectorAll(".figures > :nth-child(2) .wide circle")).toHaveLength(4 * 5);
    expect(page).toMatch(/adam, epoch 5\ntest accuracy 97\.\d\d %\ntraining loss 0\.\d{4}</u);
  });

  it("shows settings as text, not as markup", () => {
    const names = [...document.querySelectorAll("dt")].map((element) => element.textContent);
    expect(names).toContain("<seed>");
    expect(page).not.toContain("<seed>");
  });

  it("lists each optimizer with its numbers and marks the best", () => {
    const rows = [...document.querySelectorAll("tbody tr")].map((row) => [...row.querySelectorAll("td")].map((cell) => cell.textContent));
    expect(rows.map((row) => row[0])).toEqual(["adam", "rmsprop", "momentum", "sgd"]);
    expect(rows[0]?.slice(1)).toEqual(["97.87 %", expect.stringMatching(/^0\.0\d\d\d$/u), "1.25 s", "312", "390", "0.001", "completed"]);
    expect(document.querySelector("tr.best td")?.textContent).toBe("adam");
  });

  it("says when it was interrupted, and survives optimizers that never started or diverged", () => {
    const experiment = syntheticExperiment();
    const [first, second] = [syntheticRun("adam", 0), syntheticRun("sgd", 1)];
    const missing = { losses: [], epochs: [], misread: [], misreadCount: 0, seconds: Number.NaN, testAccuracy: Number.NaN };
    const interrupted = htmlReport({
      ...experiment,
      interrupted: true,
      runs: [
        { ...first, losses: [2, Number.NaN], status: "non-finite", message: "loss is NaN at step 2" },
        { ...second, ...missing, status: "not-started" },
      ],
    });
    expect(interrupted).toContain("This run was interrupted");
    expect(interrupted).toContain("adam: loss is NaN at step 2");
    expect(interrupted).toContain("not started");
    const nothing = htmlReport({ ...experiment, interrupted: true, runs: [{ ...second, ...missing, status: "not-started" }] });
    expect(nothing).not.toContain("<svg");
  });
});

describe("digit images", () => {
  it("keep every pixel as opacity of black ink", () => {
    const pixels = Float32Array.of(0, 0.2, 1, 2);
    const uri = digitImage({ index: 0, pixels, width: 2, predicted: 1, actual: 2, confidence: 0.5 });
    const png = PNG.sync.read(Buffer.from(uri.slice("data:image/png;base64,".length), "base64"));
    expect([png.width, png.height]).toEqual([2, 2]);
    expect([...png.data]).toEqual([0, 0, 0, 0, 0, 0, 0, 51, 0, 0, 0, 255, 0, 0, 0, 255]);
  });
});
