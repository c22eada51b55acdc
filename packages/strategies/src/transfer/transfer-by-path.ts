import type { Tensor, TensorTree } from "@opt/core";
import { clone, describeValue, fail, treeMapWithPath, treePaths } from "@opt/core";
import { failUnknownPath, isUnder, longestAncestor, movePath } from "./paths.ts";
import { leavesByPath } from "./prune.ts";

/**
 * Which parameters to take from where: a list of paths that are the same in both trees, or an object from the target's path to
 * the source's. A path is of a leaf (`layers[0].weight`) or of all leaves below it (`layers[0]`).
 */
export type TransferMapping = readonly string[] | Readonly<Record<string, string>>;

const signature = "transferByPath(source, target, mapping)";

function mappingEntries(mapping: TransferMapping): (readonly [string, string])[] {
  const isObject = typeof mapping === "object" && mapping !== null;
  const entries = Array.isArray(mapping)
    ? (mapping as readonly string[]).map((path) => [path, path] as const)
    : isObject ? Object.entries(mapping) : [];
  const fits = isObject && entries.length > 0 && entries.every(([to, from]) => typeof to === "string" && typeof from === "string");
  if (fits) return entries;
  return fail("option", `${signature}: mapping must list paths, or give the source's path for each of the target's; got ${describeValue(mapping)}. Use for example ["layers[0]"].`);
}

function show(tensor: Tensor): string {
  return `${tensor.dtype}[${tensor.shape.join(", ")}]`;
}

function checkFits(targetPath: string, wanted: Tensor, sourcePath: string, found: Tensor): void {
  if (show(found) === show(wanted)) return;
  const code = found.dtype === wanted.dtype ? "shape" : "dtype";
  fail(code, `${signature}: ${targetPath} of the target is ${show(wanted)}; ${sourcePath} of the source must be so too, but is ${show(found)}. Leave this path out of the mapping to keep the fresh parameters.`);
}

/**
 * Reuses trained parameters: `θ_target[p] ← θ_source[m(p)]` for the mapped paths; the other parameters of the target stay.
 *
 * What is transferred is copied, so training the result in place leaves the source as it is. Where two paths of the mapping cover a
 * leaf, the longer one holds. Nothing is reshaped or cast.
 *
 * @param source - The trained parameters.
 * @param target - Fresh parameters of the new model.
 * @param mapping - See {@link TransferMapping}.
 * @returns Parameters with the structure of `target`.
 * @throws OptError `tree` for a path that either tree lacks, with the nearest one; `shape` or `dtype` where parameters do not fit;
 * `option` for a mapping of another form.
 *
 * @example
 * ```ts
 * import { tensor, zeros } from "@opt/core";
 * import { transferByPath } from "@opt/strategies";
 *
 * const source = { layers: [{ weight: tensor([[1, 2]]) }, { weight: zeros([2, 10]) }] };
 * const target = { layers: [{ weight: zeros([1, 2]) }, { weight: zeros([2, 3]) }] };
 * const params = transferByPath(source, target, ["layers[0]"]);
 * params.layers[0]?.weight.readSync(); // [1, 2]
 * ```
 * @see Yosinski, Clune, Bengio and Lipson, "How transferable are features in deep neural networks?", 2014.
 */
export function transferByPath<Target extends TensorTree>(source: TensorTree, target: Target, mapping: TransferMapping): Target {
  const entries = mappingEntries(mapping);
  const sourceLeaves = leavesByPath(source);
  const sourcePaths = [...sourceLeaves.keys()];
  const targetPaths = treePaths(target);
  for (const [to, from] of entries) {
    if (!targetPaths.some((path) => isUnder(path, to))) failUnknownPath(signature, "the target", to, targetPaths);
    if (!sourcePaths.some((path) => isUnder(path, from))) failUnknownPath(signature, "the source", from, sourcePaths);
  }
  const destinations = entries.map(([to]) => to);
  return treeMapWithPath((path, wanted) => {
    const entry = entries[longestAncestor(path, destinations)];
    if (entry === undefined) return wanted;
    const sourcePath = movePath(path, ...entry);
    const found = sourceLeaves.get(sourcePath) ?? failUnknownPath(signature, "the source", sourcePath, sourcePaths);
    checkFits(path, wanted, sourcePath, found);
    return clone(found);
  }, target);
}
