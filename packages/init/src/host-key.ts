import type { Key } from "@opt/core";
import { fail } from "@opt/core";

/** Checks that an initializer that works on the host has a key made of numbers. */
export function checkHostKey(where: string, key: Key): void {
  if (key.every((word) => typeof word === "number")) return;
  fail("trace", `${where}(key, shape): works on the host, so the key must be made of numbers; got one that is traced. Draw before the compiled function is called, or use heNormal() or another initializer of independent elements.`);
}
