import { readFileSync } from "node:fs";
import { tensor } from "@opt/core";
import { leastSquaresProblemNamed } from "@opt/testing";
import type { LeastSquaresName } from "@opt/testing";
import { describe, expect, it } from "vitest";
import type { MinimizeResult } from "../src/index.ts";
import { minimize } from "../src/index.ts";
import type { Peer } from "./table.ts";
import { methods } from "./table.ts";

/** What a method of SciPy did on a problem. */
interface PeerRun {
  readonly value: number;
  readonly gradientNorm: number;
  readonly valueEvaluations: number;
  readonly gradientEvaluations: number;
  readonly hessianEvaluations: number;
  readonly success: boolean;
}

interface GoldenFile {
  readonly header: { readonly version: string; readonly options: { readonly gradientTolerance: number } };
  readonly problems: readonly { readonly name: LeastSquaresName; readonly methods: Readonly<Record<Peer, PeerRun>> }[];
}

const file = new URL("../../../tooling/golden/data/second-order/scipy.json", import.meta.url);
const { header, problems } = JSON.parse(readFileSync(file, "utf8")) as GoldenFile;
const tolerance = header.options.gradientTolerance;

/** That the minimum was reached as well as the peer reached it, in the gradient or in the value. */
function expectReached(result: MinimizeResult<unknown>, peer: PeerRun): void {
  expect(result.status, result.message).toBe("converged");
  expect(result.gradientNorm).toBeLessThanOrEqual(tolerance);
  // Every problem has the minimum 0; both stop by the gradient, so that values differ within what it leaves open.
  expect(result.value).toBeLessThan(Math.max(1e-8, peer.value));
}

describe(`beside SciPy ${header.version}, from the same starts with the same tolerance`, () => {
  for (const { name, method, peers } of methods) {
    for (const peer of peers) {
      for (const { name: problemName, methods: runs } of problems) {
        const problem = leastSquaresProblemNamed(problemName);
        const run = runs[peer];
        const limit = (count: number): number => Math.floor(1.5 * count);

        it(`${name} on ${problemName} with callbacks: the minimum within 1.5 × ${peer}'s evaluations`, () => {
          const result = minimize(problem, problem.start, { method, tolerance });
          expectReached(result, run);
          expect(result.evaluations.value).toBeLessThanOrEqual(limit(run.valueEvaluations));
          expect(result.evaluations.gradient).toBeLessThanOrEqual(limit(run.gradientEvaluations));
          if (run.hessianEvaluations > 0) expect(result.evaluations.hessian).toBeLessThanOrEqual(limit(run.hessianEvaluations));
        });

        it(`${name} on ${problemName} with tensors: the minimum within 1.5 × ${peer}'s evaluations`, () => {
          const result = minimize(problem.tensorValue, tensor(Float64Array.from(problem.start)), { method, tolerance });
          expectReached(result, run);
          expect(result.evaluations.value).toBeLessThanOrEqual(limit(run.valueEvaluations));
        });
      }
    }
  }
});
