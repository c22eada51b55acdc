import type { Tensor } from "@opt/core";
import { abs, grad, key, less, matmul, randomNormal, randomUniform, sqrt, square, tensor, where } from "@opt/core";
import { matchers } from "@opt/testing";
import { describe, expect, it } from "vitest";
import type { SparseCodingOptions } from "../../src/index.ts";
import { sparseCoding, sparseCodingRounds, sparseEncode } from "../../src/index.ts";
import { goldenFile } from "../golden.ts";

expect.extend(matchers);

const f64 = { dtype: "f64" } as const;

/** `λ Σ|H| + Σ(X − HW)²`. */
function objective(data: Tensor, codes: Tensor, dictionary: Tensor, penalty: number): Tensor {
  return abs(codes).sum().mul(penalty).add(data.sub(matmul(codes, dictionary)).pow(2).sum());
}

function normsOf(dictionary: Tensor): number[] {
  return Array.from(sqrt(square(dictionary).sum(1)).readSync());
}

describe("sparseEncode", () => {
  interface EncodeCase {
    readonly penalty: number;
    readonly codes: number[][];
    readonly objective: number;
  }
  const golden = goldenFile<{ readonly data: number[][]; readonly dictionary: number[][]; readonly cases: readonly EncodeCase[] }>("sparse-encode");

  it.each(golden.cases)("gives the codes of scikit-learn, penalty $penalty", ({ penalty, codes, objective: expected }) => {
    const result = sparseEncode({ data: golden.data, dictionary: golden.dictionary, penalty, tolerance: 1e-14 });
    expect(result.message).toBe("converged for all 20 examples.");
    expect(result.codes).toBeAllClose(codes, { relative: 1e-6, absolute: 1e-6 });
    expect(result.value).toBeCloseTo(expected, 10);
    expect(objective(tensor(golden.data, f64), result.codes, tensor(golden.dictionary, f64), penalty).item()).toBeCloseTo(result.value, 10);
    const zeros = (rows: ArrayLike<number>): number => Array.from(rows).filter((value) => value === 0).length;
    expect(zeros(result.codes.readSync())).toBe(zeros(codes.flat()));
  });

  it("says for how many examples it did not converge", () => {
    const { status, message } = sparseEncode({ data: golden.data, dictionary: golden.dictionary, penalty: 0.2, maxSweeps: 2 });
    expect(status).toBe("max-sweeps");
    expect(message).toMatch(/^the largest number of sweeps was reached for \d+ of 20 examples\. Allow more sweeps, or accept a larger tolerance\.$/);
  });

  it("gives zeros for zeros, and for an atom of zeros", () => {
    expect(sparseEncode({ data: [[0, 0], [2, 0]], dictionary: [[1, 0], [0, 0]], penalty: 1 }).codes).toBeAllClose([[0, 0], [1.5, 0]], { relative: 1e-14 });
  });
});

describe("sparseCoding", () => {
  interface DictionaryCase {
    readonly penalty: number;
    readonly firstObjective: number;
    readonly objectiveAfterRound: number;
    readonly objective: number;
    readonly dictionary: number[][];
  }
  const golden = goldenFile<{ readonly data: number[][]; readonly start: number[][]; readonly cases: readonly DictionaryCase[] }>("dictionary-learning");

  describe.each(golden.cases)("beside scikit-learn's dictionary learning, penalty $penalty", ({ penalty, ...expected }) => {
    it("encodes as well, and then fits the atoms at least as well as one step for each", () => {
      const { history, value, codes, dictionary } = sparseCoding({ data: golden.data, dictionary: golden.start, penalty, maxRounds: 1 });
      expect(history[0]).toBeCloseTo(expected.firstObjective, 7);
      expect(history[1]).toBeLessThan(expected.objectiveAfterRound);
      expect(value).toBe(history[1]);
      expect(objective(tensor(golden.data, f64), codes, dictionary, penalty).item()).toBeCloseTo(value, 9);
    });

    it("finds nothing to improve where that ended", () => {
      const { value, status } = sparseCoding({ data: golden.data, dictionary: expected.dictionary, penalty });
      expect(status).toBe("converged");
      expect(Math.abs(value / expected.objective - 1)).toBeLessThan(1e-7);
    });

    it("ends about as low from the same start", () => {
      // The orders of the steps differ, and with them the local minimum that is found.
      const { value } = sparseCoding({ data: golden.data, dictionary: golden.start, penalty, maxRounds: 1000 });
      expect(Math.abs(value / expected.objective - 1)).toBeLessThan(0.02);
    });
  });

  const constraints: Pick<SparseCodingOptions, "constraint" | "weightDecay">[] = [{ constraint: "unit-ball" }, { constraint: "weight-decay", weightDecay: 0.5 }];

  it.each(constraints)("never lets J grow, in either half, with $constraint", (constraint) => {
    const { history, dictionary, codes, value, rounds, density } = sparseCoding({ data: golden.data, dictionary: golden.start, penalty: 0.5, ...constraint });
    expect(rounds).toBeGreaterThan(3);
    expect(history).toHaveLength(2 * rounds);
    for (const [index, next] of history.entries()) expect(next).toBeLessThanOrEqual((history[index - 1] ?? Number.POSITIVE_INFINITY) * (1 + 1e-12));
    const decay = constraint.weightDecay ?? 0;
    expect(objective(tensor(golden.data, f64), codes, dictionary, 0.5).add(square(dictionary).sum().mul(decay)).item()).toBeCloseTo(value, 9);
    expect(density).toBeLessThan(0.5);
  });

  it("keeps atoms within the unit ball, and there each half is at its minimum", () => {
    const { codes, dictionary } = sparseCoding({ data: golden.data, dictionary: golden.start, penalty: 0.5, maxRounds: 1000, tolerance: 1e-12 });
    const norms = normsOf(dictionary);
    for (const norm of norms) expect(norm).toBeLessThanOrEqual(1 + 1e-12);
    const data = tensor(golden.data, f64);
    // At the minimum in the ball the gradient of each atom is 0 within it, and points along the atom, inwards, on its border.
    const gradient = grad((w: Tensor) => objective(data, codes, w, 0.5))(dictionary);
    const along = Array.from(gradient.mul(dictionary).sum(1).readSync());
    const across = gradient.sub(dictionary.mul(tensor(along.map((value) => [value]), f64)));
    norms.forEach((norm, atom) => {
      if (norm > 1 - 1e-9) expect(along[atom]).toBeLessThanOrEqual(1e-6);
    });
    const onBorder = tensor(norms.map((norm) => [norm > 1 - 1e-9 ? 1 : 0]), f64);
    expect(across.mul(onBorder)).toBeAllClose(0, { absolute: 1e-4 });
    expect(gradient.mul(onBorder.neg().add(1))).toBeAllClose(0, { absolute: 1e-4 });
    expect(sparseEncode({ data: golden.data, dictionary, penalty: 0.5 }).codes).toBeAllClose(codes, { absolute: 1e-4 });
  });

  it("with weight decay solves (HᵀH + μI) W = HᵀX", () => {
    const { codes, dictionary } = sparseCoding({ data: golden.data, dictionary: golden.start, penalty: 0.5, constraint: "weight-decay", weightDecay: 0.7 });
    const data = tensor(golden.data, f64);
    const gradient = grad((w: Tensor) => objective(data, codes, w, 0.5).add(square(w).sum().mul(0.7)))(dictionary);
    expect(gradient).toBeAllClose(0, { absolute: 1e-7 });
  });

  it("finds the atoms that made the data", () => {
    const atoms = randomNormal(key(1), [8, 12], f64);
    const truth = atoms.div(sqrt(square(atoms).sum(1, { keepDims: true })));
    const active = less(randomUniform(key(2), [200, 8], f64), 0.2);
    const data = matmul(where(active, randomNormal(key(3), [200, 8], f64), 0), truth);
    const { dictionary, status } = sparseCoding({ data, atoms: 8, key: key(7), penalty: 0.05 });
    expect(status).toBe("converged");
    const overlaps = matmul(truth, dictionary.transpose()).readSync();
    for (let atom = 0; atom < 8; atom++) expect(Math.max(...Array.from(overlaps.subarray(8 * atom, 8 * atom + 8), Math.abs))).toBeGreaterThan(0.998);
  });

  it("begins with random examples as atoms, the same for the same key", () => {
    const first = (seed: number): ArrayLike<number> | undefined => {
      const round = sparseCodingRounds({ data: golden.data, atoms: 3, key: key(seed), penalty: 1 }).next();
      return round.done === true ? undefined : round.value.dictionary.readSync();
    };
    expect(first(1)).toEqual(first(1));
    expect(first(1)).not.toEqual(first(2));
  });

  it("goes on from codes, and says when it ends for want of rounds", () => {
    const half = sparseCoding({ data: golden.data, dictionary: golden.start, penalty: 1, maxRounds: 5, tolerance: 0 });
    expect(half).toMatchObject({ rounds: 5, status: "max-rounds", message: "the largest number of rounds, 5, was reached. Allow more, or accept a larger tolerance." });
    const rest = sparseCoding({ data: golden.data, dictionary: half.dictionary, codes: half.codes, penalty: 1, maxRounds: 5, tolerance: 0 });
    const whole = sparseCoding({ data: golden.data, dictionary: golden.start, penalty: 1, maxRounds: 10, tolerance: 0 });
    expect(rest.value).toBeCloseTo(whole.value, 10);
    expect(rest.value).toBeLessThan(half.value);
  });
});
