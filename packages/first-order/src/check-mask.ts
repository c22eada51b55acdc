import { describeValue, fail } from "@opt/core";

/** Checks an option that chooses parameters: a function of path and tensor, or undefined. */
export function checkMask(where: string, name: string, mask: unknown): void {
  if (mask === undefined || typeof mask === "function") return;
  fail("option", `${where}({ ${name} }): must be a function (path, param) => boolean; got ${describeValue(mask)}.`);
}
