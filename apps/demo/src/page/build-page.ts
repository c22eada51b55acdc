import { fileURLToPath } from "node:url";
import type { InlineConfig } from "vite";
import { build, defaultClientConditions } from "vite";

/** What a server should send with the page: nothing from elsewhere, no `eval`; WebAssembly for the CPU backend. */
export const CONTENT_SECURITY_POLICY = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'";

/** How the page is built and previewed in a folder. */
export function pageConfig(folder: string): InlineConfig {
  return {
    root: fileURLToPath(new URL("browser", import.meta.url)),
    configFile: false,
    logLevel: "warn",
    // The page may stand in any folder of a site.
    base: "./",
    resolve: { conditions: ["@opt/source", ...defaultClientConditions] },
    worker: { format: "es" },
    build: {
      outDir: folder,
      emptyOutDir: true,
      reportCompressedSize: false,
      // A data: URL is something that a strict content security policy does not load.
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
    },
  };
}

/** Builds the page from the sources of all packages into a folder, which is emptied first. */
export async function buildPage(folder: string): Promise<void> {
  await build(pageConfig(folder));
}
