import { fail, nearest } from "@opt/core";

/** Whether a leaf's path lies at or below another: `layers[0].weight` is under `layers[0]`; everything is under the empty path. */
export function isUnder(path: string, ancestor: string): boolean {
  if (ancestor === "" || path === ancestor) return true;
  return path.startsWith(`${ancestor}.`) || path.startsWith(`${ancestor}[`);
}

/** All paths that name something: of the leaves and of the containers above them, without the root. */
function namedPaths(leafPaths: readonly string[]): string[] {
  const paths = new Set<string>();
  for (const leafPath of leafPaths) {
    for (let end = 1; end <= leafPath.length; end++) {
      const next = leafPath[end];
      if (next === undefined || next === "." || next === "[") paths.add(leafPath.slice(0, end));
    }
  }
  return [...paths];
}

/** Reports a path that names nothing, with the nearest one that does. */
export function failUnknownPath(where: string, what: string, path: string, leafPaths: readonly string[]): never {
  const suggestion = nearest(path, namedPaths(leafPaths));
  const shown = leafPaths.length > 8 ? `${leafPaths.slice(0, 8).join(", ")}, …` : leafPaths.join(", ");
  const hint = suggestion === undefined ? `Known paths: ${shown}.` : `Did you mean "${suggestion}"?`;
  return fail("tree", `${where}: ${what} must have something at the path "${path}"; it does not. ${hint}`);
}

/** The longest of the given paths that a leaf lies under, by position; −1 when there is none. */
export function longestAncestor(leafPath: string, ancestors: readonly string[]): number {
  let best = -1;
  ancestors.forEach((ancestor, index) => {
    if (isUnder(leafPath, ancestor) && (best < 0 || ancestor.length > (ancestors[best]?.length ?? 0))) best = index;
  });
  return best;
}

/** Moves a leaf's path from under one ancestor to under another: `layers[0].bias` from `layers` to `encoder` is `encoder[0].bias`. */
export function movePath(leafPath: string, from: string, to: string): string {
  const below = leafPath.slice(from.length).replace(/^\./, "");
  const separator = to === "" || below === "" || below.startsWith("[") ? "" : ".";
  return `${to}${separator}${below}`;
}
