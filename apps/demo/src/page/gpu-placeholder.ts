import type { Plugin } from "vite";

const ENTRY = "@opt/core/gpu";
const PLACEHOLDER = "\0gpu-placeholder";

/**
 * Lets the page be built without the GPU backend: in place of an entry that is not there stands one that says so.
 * To be deleted, with browser/core-gpu.d.ts, as soon as @opt/core has the entry.
 */
export function gpuPlaceholder(): Plugin {
  return {
    name: "gpu-placeholder",
    enforce: "pre",
    async resolveId(source, importer, options) {
      if (source !== ENTRY) return undefined;
      try {
        return (await this.resolve(source, importer, { ...options, skipSelf: true })) ?? PLACEHOLDER;
      } catch {
        return PLACEHOLDER;
      }
    },
    load(id) {
      if (id !== PLACEHOLDER) return undefined;
      return `import { fail } from "@opt/core";
export const gpu = async () => fail("backend", "This build of the page has no GPU backend. Choose the CPU.");`;
    },
  };
}
