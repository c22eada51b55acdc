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

/** A binary heap of groups, the one whose first node is oldest on top. */
class ReadyGroups {
  readonly #heap: { readonly group: Group; readonly age: number }[] = [];

  push(group: Group): void {
    const entry = { group, age: Math.max(...group.members.map((member) => member.id)) };
    let child = this.#heap.length;
    this.#heap.push(entry);
    while (child > 0) {
      const parent = (child - 1) >> 1;
      if ((this.#heap[parent]?.age ?? 0) <= entry.age) break;
      this.#swap(parent, child);
      child = parent;
    }
  }

  pop(): Group | undefined {
    const [top] = this.#heap;
    const last = this.#heap.pop();
    if (top === undefined || last === undefined || this.#heap.length === 0) return top?.group;
    this.#heap[0] = last;
    let parent = 0;
    for (;;) {
      const left = 2 * parent + 1;
      const right = left + 1;
      let smallest = parent;
      if (this.#age(left) < this.#age(smallest)) smallest = left;
      if (this.#age(right) < this.#age(smallest)) smallest = right;
      if (smallest === parent) return top.group;
      this.#swap(parent, smallest);
      parent = smallest;
    }
  }

  #age(index: number): number {
    return this.#heap[index]?.age ?? Number.POSITIVE_INFINITY;
  }

  #swap(i: number, j: number): void {
    const a = this.#heap[i];
    const b = this.#heap[j];
    if (a === undefined || b === undefined) return;
    this.#heap[i] = b;
    this.#heap[j] = a;
  }
}

/**
 * Orders groups so that each comes after all that it waits for; otherwise in the order in which the user wrote them, which
 * keeps values in cache between the kernels that make and use them.
 */
export function orderGroups(groups: readonly Group[], dependencies: Dependencies): Group[] {
  const waiting = new Map<Group, number>();
  const users = new Map<Group, Group[]>();
  const ready = new ReadyGroups();
  for (const group of groups) {
    const needed = dependencies.get(group) ?? new Set<Group>();
    waiting.set(group, needed.size);
    for (const source of needed) {
      const list = users.get(source);
      if (list === undefined) users.set(source, [group]);
      else list.push(group);
    }
    if (needed.size === 0) ready.push(group);
  }
  const ordered: Group[] = [];
  for (let group = ready.pop(); group !== undefined; group = ready.pop()) {
    ordered.push(group);
    for (const user of users.get(group) ?? []) {
      const left = (waiting.get(user) ?? 0) - 1;
      waiting.set(user, left);
      if (left === 0) ready.push(user);
    }
  }
  if (ordered.length !== groups.length) throw new Error("opt: internal: the kernels depend on each other in a circle");
  return ordered;
}
