import type { Optimizer, Scalar, StateTree, Tensor, TensorTree, UpdateExtra } from "@opt/core";
import { checkNumber, checkOptions, describeValue, fail, fullLike, greater, scalar, Tensor as TensorClass, treeFlatten, treeMapWithPath, treePaths, treeUnflatten, where } from "@opt/core";
import { checkOptimizer } from "./freeze.ts";
import { failUnknownPath, isUnder, longestAncestor } from "./paths.ts";
import { leavesByPath, prune } from "./prune.ts";

/** From which step on the parameters under a path are trained. */
export type Release = {
  /** The path of a parameter, or of all parameters below it; the empty path is above everything. */
  readonly path: string;
  /** The first step, counted from 0, that changes them; `Infinity` for never. */
  readonly step: number;
};

/** The state of {@link gradualUnfreezing}: the step, and the optimizer's state for the parameters released at each distinct step. */
export type GradualUnfreezingState<State> = { readonly step: Scalar; readonly groups: readonly State[] };

const signature = "gradualUnfreezing(optimizer, schedule)";

function checkReleases(schedule: readonly Release[]): void {
  if (!Array.isArray(schedule) || schedule.length === 0) {
    fail("option", `${signature}: the schedule must list one or more { path, step }; got ${describeValue(schedule)}.`);
  }
  schedule.forEach((release: Release, index) => {
    const name = `schedule[${index}]`;
    checkOptions(`${signature}: ${name}`, release, ["path", "step"]);
    if (typeof release.path !== "string") fail("option", `${signature}: ${name}.path must be a string; got ${describeValue(release.path)}.`);
    if (release.step !== Number.POSITIVE_INFINITY) checkNumber("gradualUnfreezing", `${name}.step`, release.step, { min: 0, integer: true });
  });
}

/** Finds the step from which each parameter is trained. */
function releaseSteps(schedule: readonly Release[], params: TensorTree): Map<string, number> {
  const leafPaths = treePaths(params);
  const paths = schedule.map((release) => release.path);
  const unknown = paths.find((path) => !leafPaths.some((leafPath) => isUnder(leafPath, path)));
  if (unknown !== undefined) failUnknownPath(signature, "the parameters", unknown, leafPaths);
  return new Map(leafPaths.map((leafPath) => {
    const release = schedule[longestAncestor(leafPath, paths)];
    if (release !== undefined) return [leafPath, release.step];
    return fail("option", `${signature}: the schedule must cover every parameter; ${leafPath} is under none of its paths. Add { path: "", step: 0 } to train the others from the beginning, or step: Infinity for never.`);
  }));
}

/** Takes `after` once a gate is open, else `before`. */
function choose(isOpen: Scalar, after: Tensor | number, before: Tensor | number): Tensor | number {
  const onHost = [after, before].every((leaf) => typeof leaf === "number" || leaf.onHost);
  if (onHost) return scalar((open, next, old) => (open === 1 ? next : old), isOpen, after, before);
  if (typeof isOpen === "number") return isOpen === 1 ? after : before;
  return where(greater(isOpen, 0), after, before);
}

function chooseState<State>(isOpen: Scalar, after: State, before: State): State {
  // States are trees of tensors and numbers; the protocol leaves their exact type to the optimizer.
  const { leaves, structure } = treeFlatten(after as StateTree);
  const old = treeFlatten(before as StateTree).leaves;
  return treeUnflatten(structure, leaves.map((leaf, index) => choose(isOpen, leaf, old[index]!))) as State;
}

/**
 * Trains more and more of the parameters: those under `path` are frozen, bit for bit, before their `step`, and from then on trained
 * exactly as by a fresh optimizer.
 *
 * Parameters released at the same step share one state of the optimizer; it starts at their release, so moments and bias
 * corrections are those of a fresh start and a learning-rate schedule counts from there. A norm over all gradients is over the parameters
 * released together. The step is a host number: a release recompiles nothing. Where paths overlap, the longer one holds.
 *
 * @param optimizer - Any optimizer.
 * @param schedule - The releases, in any order; they cover every parameter. {@link unfreezeFromTop} makes the usual one.
 * @returns An optimizer; its state holds the step and one state of `optimizer` for each distinct step of release.
 * @throws OptError `option` for a bad schedule or one that leaves a parameter out; `tree` for a path that names nothing.
 *
 * @example
 * ```ts
 * import { sgd } from "@opt/first-order";
 * import { gradualUnfreezing } from "@opt/strategies";
 *
 * const optimizer = gradualUnfreezing(sgd({ learningRate: 0.1 }), [
 *   { path: "layers[1]", step: 0 },
 *   { path: "layers[0]", step: 500 },
 * ]);
 * ```
 * @see Howard and Ruder, "Universal language model fine-tuning for text classification", 2018, section 3.3.
 */
export function gradualUnfreezing<State>(optimizer: Optimizer<State>, schedule: readonly Release[]): Optimizer<GradualUnfreezingState<State>> {
  checkOptimizer(signature, optimizer);
  checkReleases(schedule);
  // Never released, never any state.
  const distinct = [...new Set(schedule.map((release) => release.step))].filter(Number.isFinite).sort((a, b) => a - b);
  /** The releases that have parameters, with what chooses them. */
  const groupsOf = (params: TensorTree): { release: number; keeps: (path: string) => boolean }[] => {
    const steps = releaseSteps(schedule, params);
    const used = distinct.filter((release) => [...steps.values()].includes(release));
    if (used.length === 0) fail("option", `${signature}: at least one parameter must be released; every step is Infinity.`);
    return used.map((release) => ({ release, keeps: (path) => steps.get(path) === release }));
  };
  return {
    init: (params: TensorTree): GradualUnfreezingState<State> => ({
      step: 0,
      groups: groupsOf(params).map(({ keeps }) => optimizer.init(prune(params, keeps))),
    }),
    update<P extends TensorTree>(gradients: P, state: GradualUnfreezingState<State>, params: P, extra?: UpdateExtra): { updates: P; state: GradualUnfreezingState<State> } {
      const updates = new Map<string, Tensor>();
      const groups = groupsOf(params).map(({ release, keeps }, index) => {
        const before = state.groups[index];
        if (before === undefined) return fail("tree", `${signature}: the state must be the one that init made; it has no group ${index}.`);
        const result = optimizer.update(prune(gradients, keeps), before, prune(params, keeps), extra);
        const isOpen = scalar((step) => (step >= release ? 1 : 0), state.step);
        for (const [path, update] of leavesByPath(result.updates)) {
          const gated = choose(isOpen, update, fullLike(update, -0));
          updates.set(path, gated instanceof TensorClass ? gated : fullLike(update, gated));
        }
        return chooseState(isOpen, result.state, before);
      });
      return {
        // x + (−0) is x for every x, also for −0.
        updates: treeMapWithPath((path, param) => updates.get(path) ?? fullLike(param, -0), params),
        state: { step: scalar((step) => step + 1, state.step), groups },
      };
    },
  };
}
