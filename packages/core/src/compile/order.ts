import { failInternally } from "../errors.ts";
import type { Group } from "./fuse.ts";
import type { GraphNode } from "./graph.ts";

/** Which groups a group must wait for. */
export type Dependencies = Map<Group, Set<Group>>;

/** A group waits for the groups that compute what it reads. */
export function dataDependencies(groups: readonly Group[]): Dependencies {
  const producer = new Map<GraphNode, Group>();
  for (const group of groups) {
    for (const member of group.members) producer.set(member, group);
  }
  const dependencies: Dependencies = new Map();
  for (const group of groups) {
    const needed = new Set<Group>();
    for (const read of group.reads) {
      const source = producer.get(read);
      if (source !== undefined && source !== group) needed.add(source);
    }
    dependencies.set(group, needed);
  }
  return dependencies;
}

/** Whether `from` waits for `target`, directly or not. */
export function waitsFor(from: Group, target: Group, dependencies: Dependencies): boolean {
  const seen = new Set<Group>();
  const pending = [from];
  for (let group = pending.pop(); group !== undefined; group = pending.pop()) {
    if (group === target) return true;
    if (seen.has(group)) continue;
    seen.add(group);
    pending.push(...(dependencies.get(group) ?? []));
  }
  return false;
}

/**
 * Orders groups so that each comes after all that it waits for; otherwise in the order in which the user wrote them, which
 * keeps values in cache between the kernels that make and use them.
 */
export function orderGroups(groups: readonly Group[], dependencies: Dependencies): Group[] {
  const ordered = new Set<Group>();
  const waiting = new Set<Group>();
  for (const group of [...groups].sort((a, b) => a.last - b.last)) {
    const pending = [group];
    for (let current = pending.at(-1); current !== undefined; current = pending.at(-1)) {
      const missing = [...(dependencies.get(current) ?? [])].filter((source) => !ordered.has(source));
      if (missing.some((source) => waiting.has(source))) failInternally("kernels wait in a circle");
      if (missing.length > 0) {
        waiting.add(current);
        pending.push(...missing);
        continue;
      }
      pending.pop();
      waiting.delete(current);
      ordered.add(current);
    }
  }
  return [...ordered];
}
