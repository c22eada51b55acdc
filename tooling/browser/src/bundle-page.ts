import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { build, defaultClientConditions } from "vite";

/** A page that can be served. */
export interface PageBundle {
  /** Holds `index.html` and all that it loads. */
  readonly folder: string;
  /** Deletes it. */
  remove(): Promise<void>;
}

/** Options of {@link bundlePage}. */
export interface BundleOptions {
  /** Whether packages of the workspace are taken from their sources, not their `dist`. Default true. */
  readonly sources?: boolean;
  /** Expressions that stand for other expressions, as Vite's `define` takes them. */
  readonly define?: Readonly<Record<string, string>>;
}

/**
 * Bundles a module with Vite, as an application would, into a page that loads it. Workers are bundled along.
 *
 * @param entry - path of a TypeScript or JavaScript module
 * @param options - see {@link BundleOptions}
 * @returns the page, in a temporary folder
 */
export async function bundlePage(entry: string, { sources = true, define = {} }: BundleOptions = {}): Promise<PageBundle> {
  const temporary = await mkdtemp(join(tmpdir(), "opt-page-"));
  const source = join(temporary, "source");
  const folder = join(temporary, "page");
  await mkdir(source);
  await writeFile(join(source, "index.html"), '<!doctype html><html lang="en"><title>Test</title><script type="module" src="./main.js"></script></html>\n');
  await writeFile(join(source, "main.js"), `import ${JSON.stringify(resolve(entry))};\n`);
  await build({
    root: source,
    configFile: false,
    logLevel: "warn",
    define,
    resolve: { conditions: [...(sources ? ["@opt/source"] : []), ...defaultClientConditions] },
    worker: { format: "es" },
    build: {
      outDir: folder,
      emptyOutDir: true,
      // Stack traces name the functions of the sources.
      minify: false,
      reportCompressedSize: false,
      // A data: URL is something that a strict content security policy does not load.
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
    },
  });
  return { folder, remove: () => rm(temporary, { recursive: true, force: true }) };
}
