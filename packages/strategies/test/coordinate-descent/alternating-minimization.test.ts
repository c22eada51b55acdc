import type { Tensor } from "@opt/core";
import { abs, key, matmul, ones, randomNormal, tensor, transpose } from "@opt/core";
import { adam } from "@opt/first-order";
import { minimize } from "@opt/second-order";
import { matchers } from "@opt/testing";
import { fit } from "@opt/train";
import { describe, expect, it } from "vitest";
import type { Groups, SolveGroup } from "../../src/index.ts";
import { alternatingMinimization, alternatingRounds, coordinateDescent, solveWith } from "../../src/index.ts";

expect.extend(matchers);

const f64 = { dtype: "f64" } as const;

/** The best approximation of a matrix by an outer product `u vᵀ`: convex in each vector alone, and what is left is `Σ σᵢ²` without the largest. */
const matrix = tensor([[3, 1, 0], [1, 3, 0], [0, 0, 1]], f64);
const leftOver = 2 ** 2 + 1 ** 2;
type Factors = { readonly u: Tensor; readonly v: Tensor };
const loss = ({ u, v }: Factors): Tensor => matrix.sub(matmul(u, v)).pow(2).sum();
const start: Factors = { u: tensor([[1], [0.5], [0.25]], f64), v: ones([1, 3], f64) };

const solvers: Readonly<Record<string, SolveGroup>> = {
  "coordinate descent": (groupLoss, params) => coordinateDescent(groupLoss, params).x,
  minimize: (groupLoss, params) => minimize(groupLoss, params, { method: "bfgs" }).x,
  "an optimizer": solveWith({ optimizer: adam({ learningRate: 0.05 }), steps: 200 }),
  fit: async (groupLoss, params) =>
    (await fit({ loss: (group: typeof params, _batch: Tensor) => groupLoss(group), params, optimizer: adam({ learningRate: 0.05 }), batches: () => [ones([1], f64)], epochs: 200 })).params,
};

describe("a matrix as an outer product", () => {
  it.each(Object.entries(solvers))("solved by %s", async (_name, solve) => {
    const { groups, value, history, status } = await alternatingMinimization({ loss, groups: start, solve, tolerance: 1e-6 });
    expect(status).toBe("converged");
    expect(value).toBeCloseTo(leftOver, 4);
    expect(history.every((next, index) => index === 0 || next <= (history[index - 1] ?? 0))).toBe(true);
    expect(history.at(-1)).toBe(value);
    expect(matmul(groups.u, groups.v)).toBeAllClose([[2, 2, 0], [2, 2, 0], [0, 0, 0]], { absolute: 1e-2 });
  });

  it("solves the groups in their order, each with its own solver, the others fixed", async () => {
    // In closed form: u = M v / |v|², v = Mᵀ u / |u|².
    const solved: string[] = [];
    const rounds = alternatingRounds({
      loss,
      groups: start,
      solve: {
        u: (groupLoss, u) => {
          solved.push("u");
          expect(groupLoss(u).item()).toBeCloseTo(loss({ u, v: start.v }).item(), 12);
          return matmul(matrix, transpose(start.v)).div(3);
        },
        v: (groupLoss, v) => {
          solved.push("v");
          const u = matmul(matrix, transpose(start.v)).div(3);
          expect(groupLoss(v).item()).toBeCloseTo(loss({ u, v }).item(), 12);
          return matmul(transpose(u), matrix).div(matmul(transpose(u), u));
        },
      },
    });
    const { value: round } = await rounds.next();
    expect(solved).toEqual(["u", "v"]);
    expect(round).toMatchObject({ round: 1 });
    expect(round && "values" in round ? round.values : []).toHaveLength(2);
  });
});

describe("outcomes", () => {
  const groups: Groups = { a: tensor([1], f64), b: tensor([2], f64) };
  const bowl = ({ a, b }: { readonly a: Tensor; readonly b: Tensor }): Tensor => a.pow(2).add(b.pow(2)).sum();

  it("stalled: a solver that makes it worse is not followed", async () => {
    const result = await alternatingMinimization({ loss: bowl, groups: { a: tensor([1], f64), b: tensor([2], f64) }, solve: { a: (_loss, a) => a.mul(2), b: (_loss, b) => b.div(0) } });
    expect(result).toMatchObject({ value: 5, history: [5], rounds: 1, status: "stalled", message: "no solver lowered the loss. Give the solvers more steps or smaller ones, or ask whether this is the minimum." });
    expect(result.groups.b).toBeAllClose([2]);
  });

  it("max-rounds", async () => {
    const result = await alternatingMinimization({ loss: bowl, groups: { a: tensor([1], f64), b: tensor([2], f64) }, solve: (_loss, group) => group, maxRounds: 1 });
    expect(result.status).toBe("stalled");
    const halves = await alternatingMinimization({ loss: bowl, groups: { a: tensor([1], f64), b: tensor([2], f64) }, solve: { a: (_loss, a) => a.div(2), b: (_loss, b) => b.div(2) }, maxRounds: 3 });
    expect(halves).toMatchObject({ value: 5 / 64, rounds: 3, status: "max-rounds" });
    expect(halves.history).toHaveLength(7);
  });

  it("aborted, and non-finite at the start", async () => {
    const aborted = await alternatingMinimization({ loss: bowl, groups: { a: tensor([1], f64), b: tensor([2], f64) }, solve: (_loss, group) => group, signal: AbortSignal.abort() });
    expect(aborted).toMatchObject({ rounds: 0, status: "aborted", message: "aborted by the signal." });
    const nan = await alternatingMinimization({ loss: bowl, groups: { a: tensor([Number.NaN], f64), b: tensor([2], f64) }, solve: (_loss, group) => group });
    expect(nan).toMatchObject({ rounds: 0, status: "non-finite", message: "the loss at the start is infinite or NaN. Start elsewhere." });
  });

  it("leaves the start alone", async () => {
    const a = randomNormal(key(1), [3], f64);
    const before = Array.from(a.readSync());
    await alternatingMinimization({ loss: ({ a: x, b }) => abs(x).sum().add(b.pow(2).sum()), groups: { a, b: tensor([2], f64) }, solve: { a: (_loss, x) => x.mul(0.5), b: (_loss, x) => x.mul(0.5) }, maxRounds: 2 });
    expect(a).toBeAllClose(before);
    expect(groups["b"]).toBeDefined();
  });
});
