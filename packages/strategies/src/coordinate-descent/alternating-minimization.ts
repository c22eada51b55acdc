import type { Tensor, TensorTree } from "@opt/core";
import { checkNumber, checkOptions, clone, compile, describeValue, fail, Tensor as TensorClass } from "@opt/core";
import { checkFunction, checkParameters } from "../check.ts";
import { last } from "../iterate.ts";
import type { Loss, Solve } from "../solve.ts";

/** Parameters by the names of their groups. */
export type Groups = { readonly [name: string]: TensorTree };

/** A solver for the parameters of any group. */
export type SolveGroup = <Params extends TensorTree>(loss: Loss<Params>, params: Params) => Params | Promise<Params>;

/** Options of {@link alternatingMinimization}. */
export interface AlternatingOptions<G extends Groups> {
  /** The loss of all groups together. */
  readonly loss: (groups: G) => Tensor;
  /** Where each group starts; they are solved in the order of their names here. */
  readonly groups: G;
  /** Improves one group under the loss in which the others are fixed: one solver for all, or one for each name. */
  readonly solve: SolveGroup | { readonly [Name in keyof G]: Solve<G[Name]> };
  /** The largest number of rounds over all groups; an integer ≥ 1. Default 100. */
  readonly maxRounds?: number;
  /** Converged when a round lowers the loss by at most this share of it; ≥ 0. Default 1e-8. */
  readonly tolerance?: number;
  /** Ends before the next group. */
  readonly signal?: AbortSignal;
}

/** Where a round ended. */
export interface AlternatingRound<G extends Groups> {
  /** The number of rounds so far. */
  readonly round: number;
  /** The loss after the solve of each group in this round. */
  readonly values: readonly number[];
  /** All groups. */
  readonly groups: G;
}

/** The result of {@link alternatingMinimization}. */
export interface AlternatingResult<G extends Groups> {
  /** All groups, as far as they came. */
  readonly groups: G;
  /** The loss there. */
  readonly value: number;
  /** The loss at the start and after every solve that was kept; it never grows. */
  readonly history: readonly number[];
  /** The number of rounds taken. */
  readonly rounds: number;
  /** `converged`; `max-rounds`; `stalled`: no solver lowered the loss; `non-finite`; or `aborted` by the signal. */
  readonly status: "converged" | "max-rounds" | "stalled" | "non-finite" | "aborted";
  /** The status as a sentence, with what to try where something went wrong. */
  readonly message: string;
}

const messages = {
  converged: "converged: a round over all groups hardly lowers the loss any more.",
  "max-rounds": "the largest number of rounds was reached. Allow more, or solve each group better.",
  stalled: "no solver lowered the loss. Give the solvers more steps or smaller ones, or ask whether this is the minimum.",
  "non-finite": "the loss at the start is infinite or NaN. Start elsewhere.",
  aborted: "aborted by the signal.",
};

function solverOf<G extends Groups>(options: AlternatingOptions<G>, name: string): Solve<TensorTree> {
  const { solve } = options;
  const found: unknown = typeof solve === "function" ? solve : (solve as { readonly [name: string]: unknown } | undefined)?.[name];
  checkFunction("alternatingMinimization", typeof solve === "function" ? "solve" : `solve.${name}`, found, "(loss, params) => params");
  // Each group's solver takes and returns that group's tree.
  return found as Solve<TensorTree>;
}

/**
 * The rounds of {@link alternatingMinimization} one by one, to watch or to stop early.
 *
 * @param options - See {@link AlternatingOptions}.
 * @returns An iterator over the rounds; the value it returns at its end is the result of {@link alternatingMinimization}.
 * @throws OptError as {@link alternatingMinimization}.
 */
export async function* alternatingRounds<G extends Groups>(
  options: AlternatingOptions<G>,
): AsyncGenerator<AlternatingRound<G>, AlternatingResult<G>, undefined> {
  checkOptions("alternatingMinimization", options, ["loss", "groups", "solve", "maxRounds", "tolerance", "signal"]);
  const { loss, signal } = options;
  checkFunction("alternatingMinimization", "loss", loss, "(groups) => tensor");
  const maxRounds = checkNumber("alternatingMinimization", "maxRounds", options.maxRounds ?? 100, { min: 1, integer: true });
  const tolerance = checkNumber("alternatingMinimization", "tolerance", options.tolerance ?? 1e-8, { min: 0 });
  checkParameters("alternatingMinimization", "groups", options.groups);
  const names = options.groups instanceof TensorClass ? [] : Object.keys(options.groups);
  if (names.length < 2) fail("option", `alternatingMinimization({ groups }): must be an object of two or more groups by name; got ${describeValue(options.groups)}.`);
  const solvers = names.map((name) => solverOf(options, name));
  const evaluateLoss = compile((groups: G) => loss(groups), { donate: [] });
  const measure = async (groups: G): Promise<number> => (await evaluateLoss(groups).read())[0] ?? Number.NaN;

  let groups = clone(options.groups);
  let value = await measure(groups);
  const history = [value];
  const finish = (rounds: number, status: AlternatingResult<G>["status"]): AlternatingResult<G> => ({ groups, value, history, rounds, status, message: messages[status] });
  if (!Number.isFinite(value)) return finish(0, "non-finite");
  for (let round = 1; round <= maxRounds; round++) {
    const before = value;
    const values: number[] = [];
    let improved = false;
    for (const [index, name] of names.entries()) {
      if (signal?.aborted === true) return finish(round - 1, "aborted");
      const fixed = groups;
      const groupLoss = (group: TensorTree): Tensor => loss({ ...fixed, [name]: group });
      const solved = await solvers[index]!(groupLoss, clone(fixed[name]!));
      const candidate: G = { ...fixed, [name]: clone(solved) };
      const reached = await measure(candidate);
      // A solver that made it worse, or left the numbers, is not followed: so the loss never grows.
      if (reached <= value) {
        improved ||= reached < value;
        [groups, value] = [candidate, reached];
        history.push(reached);
      }
      values.push(value);
    }
    yield { round, values, groups };
    if (!improved) return finish(round, round === 1 ? "stalled" : "converged");
    if (before - value <= tolerance * Math.abs(before)) return finish(round, "converged");
  }
  return finish(maxRounds, "max-rounds");
}

/**
 * Alternating minimization: minimizes a loss over one group of parameters at a time, the others held fixed:
 * `a ← argmin over a of J(a, b)`, `b ← argmin over b of J(a, b)`, and so on. It pays where each group alone is an easy
 * problem, as the two halves of sparse coding are.
 *
 * Any solver serves for any group. A solve that does not lower the loss is not followed, so the loss never grows.
 *
 * @param options - The loss, the groups with their starts, and the solvers; see {@link AlternatingOptions}.
 * @returns The groups reached, the loss after each solve, and how it ended.
 * @throws OptError `option` or `tree` for bad options; what the solvers throw.
 * @see Goodfellow, Bengio and Courville, Deep Learning, 2016, section 8.7.2.
 *
 * @example
 * ```ts
 * import { tensor } from "@opt/core";
 * import type { Tensor } from "@opt/core";
 * import { alternatingMinimization, coordinateDescent } from "@opt/strategies";
 *
 * const { groups } = await alternatingMinimization({
 *   loss: ({ a, b }: { a: Tensor; b: Tensor }) => a.mul(b).sub(6).pow(2).add(a.sub(2).pow(2)).sum(),
 *   groups: { a: tensor(1, { dtype: "f64" }), b: tensor(1, { dtype: "f64" }) },
 *   solve: (loss, params) => coordinateDescent(loss, params).x,
 *   tolerance: 1e-14,
 * });
 * groups.a.mul(groups.b).item(); // 6.0
 * ```
 */
export async function alternatingMinimization<G extends Groups>(options: AlternatingOptions<G>): Promise<AlternatingResult<G>> {
  return last(alternatingRounds(options));
}
