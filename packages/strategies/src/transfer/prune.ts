import type { Tensor, TensorTree } from "@opt/core";
import { describeValue, fail, treeLeaves, treeMapWithPath, treePaths } from "@opt/core";

/** Chooses parameters by their path (`layers[0].weight`) and tensor. */
export type ParameterChoice = (path: string, param: Tensor) => boolean;

/**
 * Takes leaves out of a tree: `null`, which has no leaves, stands where they were, so the others keep their paths and whoever
 * walks the tree never sees the missing ones.
 */
export function prune(tree: TensorTree, keeps: (path: string) => boolean): TensorTree {
  // `null` is a part of the arrangement for every tree function, which the type of trees does not show.
  return treeMapWithPath((path, leaf) => (keeps(path) ? leaf : (null as unknown as Tensor)), tree);
}

/** The leaves of a tree, perhaps a pruned one, by path. */
export function leavesByPath(tree: TensorTree): Map<string, Tensor> {
  const leaves = treeLeaves(tree);
  return new Map(treePaths(tree).map((path, index) => [path, leaves[index]!]));
}

/** The paths of the leaves that a function of the user's chooses. */
export function chosenPaths(where: string, params: TensorTree, choice: ParameterChoice): Set<string> {
  const chosen = new Set<string>();
  treeMapWithPath((path, param) => {
    const answer: unknown = choice(path, param);
    if (typeof answer !== "boolean") fail("option", `${where}: must return true or false for every parameter; got ${describeValue(answer)} for ${path}.`);
    if (answer) chosen.add(path);
    return param;
  }, params);
  return chosen;
}
