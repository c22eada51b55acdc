import { failInternally } from "../errors.ts";
import type { Group } from "./fuse.ts";
import type { GraphNode } from "./graph.ts";

/** Which groups wait for which. */
export class Dependencies {
  readonly #sources = new Map<Group, Set<Group>>();
  readonly #followers = new Map<Group, Set<Group>>();

  /** A group waits for the groups that compute what it reads. */
  constructor(groups: readonly Group[]) {
    const producer = new Map<GraphNode, Group>();
    for (const group of groups) {
      this.#sources.set(group, new Set());
      this.#followers.set(group, new Set());
      group.members.forEach((member) => producer.set(member, group));
    }
    for (const group of groups) {
      group.reads.forEach((read) => {
        const source = producer.get(read);
        if (source !== undefined && source !== group) this.add(group, source);
      });
    }
  }

  /** Lets a group wait for another. */
  add(group: Group, source: Group): void {
    this.#sources.get(group)?.add(source);
    this.#followers.get(source)?.add(group);
  }

  /** The groups that a group waits for directly. */
  sourcesOf(group: Group): Iterable<Group> {
    return this.#sources.get(group) ?? [];
  }

  /** Whether `group` waits for `source`, directly or not. The search begins at the source: what overwrites an argument has few followers. */
  waitsFor(group: Group, source: Group): boolean {
    const seen = new Set([source]);
    // A set may grow while it is walked through.
    for (const current of seen) {
      if (current === group) return true;
      for (const follower of this.#followers.get(current) ?? []) seen.add(follower);
    }
    return false;
  }
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
      const missing = [...dependencies.sourcesOf(current)].filter((source) => !ordered.has(source));
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
