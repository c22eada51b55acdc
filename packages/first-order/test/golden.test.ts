import { readdirSync, readFileSync } from "node:fs";
import type { Optimizer, StateTree, Tensor } from "@opt/core";
import { applyUpdates, compile } from "@opt/core";
import { compareNumbers, goldenTensors, readGolden } from "@opt/testing";
import type { GoldenTrajectory, GoldenTree } from "@opt/testing";
import { describe, expect, it } from "vitest";
import { withoutLookAhead } from "../src/index.ts";
import { translate, withClip } from "./golden-options.ts";
import { optimizers } from "./table.ts";

type Params = Readonly<Record<string, Tensor>>;

const folder = new URL("../../../tooling/golden/data/", import.meta.url);
const files = readdirSync(folder).filter((name) => name.endsWith(".json") && !name.startsWith("schedule-"));
const trajectories = files.map((name) => readGolden(readFileSync(new URL(name, folder), "utf8")));

/** Files that no optimizer here is compared with, with the reason. */
const skipped: Readonly<Record<string, string>> = {
  "adam-amsgrad-torch": "AMSGrad is not an option yet",
};

function toleranceOf({ header }: GoldenTrajectory): { relative: number; absolute: number } {
  if (header.dtype === "f32") return { relative: 1e-5, absolute: 1e-6 };
  const { clipByNorm, clipByGlobalNorm } = header.options;
  const clipsNorm = clipByNorm !== undefined || clipByGlobalNorm !== undefined;
  // PyTorch divides by the norm + 1e-6, so a clipped step differs by a part in 1e6.
  if (clipsNorm && header.library === "torch") return { relative: 1e-5, absolute: 1e-5 };
  return { relative: 1e-10, absolute: 1e-12 };
}

function expectClose(actual: Params, expected: GoldenTree | undefined, place: string, tolerance: { relative: number; absolute: number }): void {
  for (const [leaf, numbers] of Object.entries(expected ?? {})) {
    const { close, message } = compareNumbers(actual[leaf] ?? [], numbers, tolerance);
    expect(close, `${place}, ${leaf}: ${message}`).toBe(true);
  }
}

/** Feeds the reference's gradients to compiled steps and compares the parameters after each. */
function follow(golden: GoldenTrajectory, optimizer: Optimizer): void {
  const { header, initial, gradients, parameters, points } = golden;
  const tolerance = toleranceOf(golden);
  const step = compile((params: Params, state: StateTree, gradient: Params): [Params, StateTree] => {
    const { updates, state: next } = optimizer.update(gradient, state, params);
    return [applyUpdates(params, updates), next];
  });
  let params: Params = goldenTensors(initial, header.dtype);
  let state = optimizer.init(params);
  gradients.forEach((gradient, index) => {
    [params, state] = step(params, state, goldenTensors(gradient, header.dtype));
    const place = `${header.name}, after step ${index}`;
    if (points === undefined) {
      expectClose(params, parameters[index], place, tolerance);
      return;
    }
    // Look-ahead methods keep the point of the next gradient as parameters and give θ back on demand.
    expectClose(params, points[index + 1], `${place}, interim point`, tolerance);
    const position = withoutLookAhead(params, state as readonly object[], { momentum: header.options["momentum"] as number });
    expectClose(position, parameters[index], place, tolerance);
  });
}

describe("golden trajectories", () => {
  for (const golden of trajectories) {
    const { name, algorithm, library, version, options } = golden.header;
    const entry = optimizers.find((candidate) => candidate.algorithm === algorithm);
    const reason = skipped[name];
    if (reason !== undefined) {
      it.skip(`${name}: ${reason}`);
      continue;
    }
    it(`${name} (${library} ${version})`, () => {
      if (entry?.makeFromOptions === undefined) throw new Error(`no optimizer in the table for "${algorithm}"`);
      expect(golden.gradients.length).toBeGreaterThanOrEqual(50);
      follow(golden, withClip(entry.makeFromOptions(translate(golden)), options));
    });
  }

  it("cover every optimizer of the table", () => {
    const followed = trajectories.filter((golden) => skipped[golden.header.name] === undefined).map((golden) => golden.header.algorithm);
    for (const { algorithm } of optimizers) {
      if (algorithm !== undefined) expect(followed).toContain(algorithm);
    }
  });
});
