import { fail } from "../errors.ts";
import { sameShape } from "../tensor/shape.ts";
import { Tensor } from "../tensor/tensor.ts";
import type { Leaf } from "../tree/structure.ts";
import { showPlace, visitLeaves } from "../tree/structure.ts";
import type { Donation } from "./takeover.ts";

/** A leaf, and its number among all of the arguments or results. */
interface Item {
  readonly leaf: Leaf;
  readonly position: number;
}

/** A part of a compiled function's arguments or results. */
interface Part {
  readonly tree: unknown;
  readonly firstPosition: number;
  readonly leafCount: number;
  /** The leaves by path; found when they are first asked for, since most parts differ in how many they have. */
  leaves?: ReadonlyMap<string, Item>;
}

function isPlain(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !(value instanceof Tensor);
}

function partOf(tree: unknown, firstPosition: number): Part {
  let leafCount = 0;
  visitLeaves(tree, () => leafCount++);
  return { tree, firstPosition, leafCount };
}

function leavesOf(part: Part): ReadonlyMap<string, Item> {
  if (part.leaves !== undefined) return part.leaves;
  const leaves = new Map<string, Item>();
  let position = part.firstPosition;
  visitLeaves(part.tree, (leaf, place) => leaves.set(showPlace(place), { leaf, position: position++ }));
  part.leaves = leaves;
  return leaves;
}

/** The result as a whole and, if it is a container, each of its entries. */
function resultParts(result: unknown): Part[] {
  const parts = [partOf(result, 0)];
  if (!isPlain(result)) return parts;
  let position = 0;
  for (const key of Object.keys(result)) {
    const part = partOf(result[key], position);
    position += part.leafCount;
    parts.push(part);
  }
  return parts;
}

function comesBackAs(argument: Part, result: Part): boolean {
  if (argument.leafCount !== result.leafCount) return false;
  return [...leavesOf(argument)].every(([path, { leaf }]) => {
    const other = leavesOf(result).get(path)?.leaf;
    if (!(leaf instanceof Tensor) || leaf.onHost) return other !== undefined;
    return other instanceof Tensor && other.dtype === leaf.dtype && sameShape(other.shape, leaf.shape);
  });
}

/**
 * Pairs the arguments of a traced function with the results that replace them.
 *
 * @param args - The traced arguments.
 * @param result - What the function returned.
 * @param chosen - Argument numbers that the user wants donated; undefined: every container that comes back.
 * @returns The pairs of result leaf and argument leaf.
 * @throws OptError `option` for a chosen argument that does not come back.
 */
export function findDonations(args: readonly unknown[], result: unknown, chosen: readonly number[] | undefined): Donation[] {
  const candidates = resultParts(result);
  const taken = new Set<Part>();
  const donations: Donation[] = [];
  args.forEach((argument, number) => {
    const wanted = chosen?.includes(number);
    const part = partOf(argument, 0);
    if (wanted === false || part.leafCount === 0 || (wanted === undefined && !isPlain(argument))) return;
    const match = candidates.find((candidate) => !taken.has(candidate) && comesBackAs(part, candidate));
    if (match === undefined) {
      if (wanted !== true) return;
      fail("option", `compile({ donate }): argument ${String(number)} cannot be donated because no result has its structure, shapes and dtypes.`);
    }
    taken.add(match);
    for (const [path, { leaf }] of leavesOf(part)) {
      const output = leavesOf(match).get(path);
      if (leaf instanceof Tensor && !leaf.onHost && output !== undefined) donations.push({ output: output.position, source: leaf });
    }
  });
  return donations;
}
