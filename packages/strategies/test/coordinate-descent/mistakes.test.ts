import type { Tensor } from "@opt/core";
import { tensor } from "@opt/core";
import { describe, expect, it } from "vitest";
import type { AlternatingOptions, CoordinateDescentOptions, Groups, LassoOptions, LassoPathOptions, SparseCodingOptions, SparseEncodeOptions } from "../../src/index.ts";
import { alternatingMinimization, coordinateDescent, lasso, lassoPath, sparseCoding, sparseEncode } from "../../src/index.ts";
import { mistake } from "../mistake.ts";

const f64 = { dtype: "f64" } as const;
const bowl = (x: Tensor): Tensor => x.pow(2).sum();
const start = tensor([1, 2], f64);

/** Options as someone without types may give them. */
type Untyped<Options> = { readonly [Name in keyof Options]?: unknown } & Readonly<Record<string, unknown>>;

describe("coordinateDescent", () => {
  const descend = (options: Untyped<CoordinateDescentOptions>, loss: unknown = bowl, x0: unknown = start): unknown =>
    coordinateDescent(loss as typeof bowl, x0 as Tensor, options as CoordinateDescentOptions);

  it("refuses", async () => {
    expect(await Promise.all([
      () => descend({ order: "cyclical" }),
      () => descend({ order: "random" }),
      () => descend({ step: "exactly" }),
      () => descend({ blocks: "tensors" }),
      () => descend({ blocks: [[]] }),
      () => descend({ blocks: [["a"]] }, ({ a, b }: { a: Tensor; b: Tensor }) => bowl(a).add(bowl(b)), { a: start, b: start }),
      () => descend({ blocks: [["a", "b"], ["a"]] }, ({ a, b }: { a: Tensor; b: Tensor }) => bowl(a).add(bowl(b)), { a: start, b: start }),
      () => descend({ blocks: [["aa"]] }, ({ aaa }: { aaa: Tensor }) => bowl(aaa), { aaa: start }),
      () => descend({ maxSweeps: 0 }),
      () => descend({ tolerance: 0 }),
      () => descend({ sweeps: 3 }),
      () => descend({}, "loss"),
      () => descend({}, bowl, 3),
      () => descend({}, bowl, tensor([1], { dtype: "i32" })),
      () => descend({}, (x: Tensor) => x),
      () => descend({}, () => 3),
    ].map(mistake))).toMatchInlineSnapshot(`
      [
        "option: coordinateDescent({ order }): must be "cyclic" or "random" or "greedy"; got "cyclical". Did you mean "cyclic"?",
        "option: coordinateDescent({ key }): must be a random key; got undefined. Use key(seed) of @opt/core.",
        "option: coordinateDescent({ step }): must be "newton" or "exact" or "line-search"; got "exactly". Did you mean "exact"?",
        "option: coordinateDescent({ blocks }): must be "elements", "leaves" or a list of lists of paths; got "tensors".",
        "option: coordinateDescent({ blocks[0] }): must be a list of one or more paths; got [].",
        "option: coordinateDescent({ blocks }): b is in no block, so it would never move. Add it to one, or take it out of the parameters.",
        "option: coordinateDescent({ blocks }): a is in a block twice.",
        "option: coordinateDescent({ blocks }): no parameter has the path "aa". Did you mean "aaa"?",
        "option: coordinateDescent({ maxSweeps }): must be an integer ≥ 1; got 0.",
        "option: coordinateDescent({ tolerance }): must be a number > 0; got 0.",
        "option: coordinateDescent({ sweeps }): unknown option. Did you mean "step"?",
        "option: coordinateDescent({ loss }): must be a function (params) => tensor; got "loss".",
        "tree: coordinateDescent(x0): must be a tree of one or more f32 or f64 tensors; got 3. Wrap numbers: tensor(value, { dtype: "f64" }).",
        "tree: coordinateDescent(x0): must be a tree of one or more f32 or f64 tensors; got a tensor of dtype i32. Wrap numbers: tensor(value, { dtype: "f64" }).",
        "shape: coordinateDescent(loss): must return a single number as a tensor; got shape [2]. Take its mean() or sum().",
        "shape: coordinateDescent(loss): must return a single number as a tensor; got 3. Take its mean() or sum().",
      ]
    `);
  });
});

describe("alternatingMinimization", () => {
  const both = ({ a, b }: { a: Tensor; b: Tensor }): Tensor => bowl(a).add(bowl(b));
  const groups = { a: start, b: start };
  const same = <T>(_loss: unknown, x: T): T => x;
  const alternate = async (options: Untyped<AlternatingOptions<Groups>>): Promise<unknown> =>
    alternatingMinimization({ loss: both, groups, solve: same, ...options } as unknown as AlternatingOptions<typeof groups>);

  it("refuses", async () => {
    expect(await Promise.all([
      async () => alternate({ loss: 1 }),
      async () => alternate({ groups: { a: start } }),
      async () => alternate({ groups: start }),
      async () => alternate({ groups: { a: 1, b: 2 } }),
      async () => alternate({ solve: { a: same } }),
      async () => alternate({ solve: "adam" }),
      async () => alternate({ maxRounds: 1.5 }),
      async () => alternate({ tolerance: -1 }),
      async () => alternate({ rounds: 1 }),
    ].map(mistake))).toMatchInlineSnapshot(`
      [
        "option: alternatingMinimization({ loss }): must be a function (groups) => tensor; got 1.",
        "option: alternatingMinimization({ groups }): must be an object of two or more groups by name; got an object with keys a.",
        "option: alternatingMinimization({ groups }): must be an object of two or more groups by name; got a value of class Tensor.",
        "tree: alternatingMinimization(groups): must be a tree of one or more f32 or f64 tensors; got 1 at a. Wrap numbers: tensor(value, { dtype: "f64" }).",
        "option: alternatingMinimization({ solve.b }): must be a function (loss, params) => params; got undefined.",
        "option: alternatingMinimization({ solve.a }): must be a function (loss, params) => params; got undefined.",
        "option: alternatingMinimization({ maxRounds }): must be an integer ≥ 1; got 1.5.",
        "option: alternatingMinimization({ tolerance }): must be a number ≥ 0; got -1.",
        "option: alternatingMinimization({ rounds }): unknown option. Did you mean "groups"?",
      ]
    `);
  });
});

describe("lasso and lassoPath", () => {
  const problem = { design: [[1, 0], [0, 1]], target: [1, 2], penalty: 1 };
  const solve = (options: Untyped<LassoOptions>): unknown => lasso({ ...problem, ...options } as LassoOptions);
  const path = (options: Untyped<LassoPathOptions>): unknown => [...lassoPath({ design: problem.design, target: problem.target, ...options } as LassoPathOptions)];

  it("refuse", async () => {
    expect(await Promise.all([
      () => solve({ penalty: 0 }),
      () => solve({ penalty: "1" }),
      () => solve({ design: [1, 2] }),
      () => solve({ design: undefined }),
      () => solve({ design: [] }),
      () => solve({ design: [[1, Number.NaN], [0, 1]] }),
      () => solve({ target: [1, 2, 3] }),
      () => solve({ target: [1, Number.POSITIVE_INFINITY] }),
      () => solve({ initial: [1] }),
      () => solve({ order: "greedy" }),
      () => solve({ order: "random" }),
      () => solve({ tolerance: 0 }),
      () => solve({ maxSweeps: 0 }),
      () => solve({ alpha: 1 }),
      () => path({ penalties: [] }),
      () => path({ penalties: [1, -1] }),
      () => path({ penalties: [1], penalty: 1 }),
    ].map(mistake))).toMatchInlineSnapshot(`
      [
        "option: lasso({ penalty }): must be a number > 0; got 0.",
        "option: lasso({ penalty }): must be a number > 0; got "1".",
        "shape: lasso({ design }): must have rank 2 and at least one element; got shape [2].",
        "option: lasso({ design }): must be a tensor of rank 2 or a list of rows; got undefined.",
        "shape: lasso({ design }): must have rank 2 and at least one element; got shape [0].",
        "data: lasso({ design }): must be finite; element 1 is NaN.",
        "shape: lasso({ target }): must have one element for each of the 2 rows of the design; got 3.",
        "data: lasso({ target }): must be finite; element 1 is Infinity.",
        "shape: lasso({ initial }): must have one element for each of the 2 columns of the design; got 1.",
        "option: lasso({ order }): must be "cyclic" or "random"; got "greedy".",
        "option: lasso({ key }): must be a random key; got undefined. Use key(seed) of @opt/core.",
        "option: lasso({ tolerance }): must be a number > 0; got 0.",
        "option: lasso({ maxSweeps }): must be an integer ≥ 1; got 0.",
        "option: lasso({ alpha }): unknown option. Known options: design, target, penalty, initial, order, key, tolerance, maxSweeps.",
        "option: lassoPath({ penalties }): must be a list of one or more numbers; got [].",
        "option: lasso({ penalty }): must be a number > 0; got -1.",
        "option: lassoPath({ penalty }): unknown option. Did you mean "penalties"?",
      ]
    `);
  });
});

describe("sparseEncode and sparseCoding", () => {
  const given = { data: [[1, 2], [3, 4]], dictionary: [[1, 0]], penalty: 1 };
  const encode = (options: Untyped<SparseEncodeOptions>): unknown => sparseEncode({ ...given, ...options } as SparseEncodeOptions);
  const code = (options: Untyped<SparseCodingOptions>): unknown => sparseCoding({ data: given.data, penalty: 1, ...options } as SparseCodingOptions);

  it("refuse", async () => {
    expect(await Promise.all([
      () => encode({ penalty: 0 }),
      () => encode({ dictionary: [[1, 0, 0]] }),
      () => encode({ data: [1, 2] }),
      () => encode({ maxSweeps: 0 }),
      () => encode({ sweeps: 1 }),
      () => code({}),
      () => code({ atoms: 1, dictionary: [[1, 0]] }),
      () => code({ atoms: 0 }),
      () => code({ atoms: 1 }),
      () => code({ dictionary: [[1]] }),
      () => code({ atoms: 1, codes: [[1], [1]] }),
      () => code({ dictionary: [[1, 0]], codes: [[1]] }),
      () => code({ dictionary: [[1, 0]], constraint: "unit-sphere" }),
      () => code({ dictionary: [[1, 0]], weightDecay: 1 }),
      () => code({ dictionary: [[1, 0]], constraint: "weight-decay", weightDecay: 0 }),
      () => code({ dictionary: [[1, 0]], lambda: 1 }),
    ].map(mistake))).toMatchInlineSnapshot(`
      [
        "option: sparseEncode({ penalty }): must be a number > 0; got 0.",
        "shape: sparseEncode({ dictionary }): atoms must be as long as the examples, 2; got 3.",
        "shape: sparseEncode({ data }): must have rank 2 and at least one element; got shape [2].",
        "option: sparseEncode({ maxSweeps }): must be an integer ≥ 1; got 0.",
        "option: sparseEncode({ sweeps }): unknown option. Did you mean "maxSweeps"?",
        "option: sparseCoding({ atoms, dictionary }): needs exactly one of them; got none.",
        "option: sparseCoding({ atoms, dictionary }): needs exactly one of them; got both.",
        "option: sparseCoding({ atoms }): must be an integer ≥ 1; got 0.",
        "option: sparseCoding({ key }): must be a random key; got undefined. Use key(seed) of @opt/core.",
        "shape: sparseCoding({ dictionary }): atoms must be as long as the examples, 2; got 1.",
        "option: sparseCoding({ codes }): belong to a dictionary; give that as well.",
        "shape: sparseCoding({ codes }): must have shape [2, 1]; got [1, 1].",
        "option: sparseCoding({ constraint }): must be "unit-ball" or "weight-decay"; got "unit-sphere".",
        "option: sparseCoding({ weightDecay }): belongs to constraint: "weight-decay".",
        "option: sparseCoding({ weightDecay }): must be a number > 0; got 0.",
        "option: sparseCoding({ lambda }): unknown option. Known options: data, atoms, key, dictionary, codes, penalty, constraint, weightDecay, maxRounds, tolerance.",
      ]
    `);
  });
});
