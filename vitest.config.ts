import { existsSync, readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { configDefaults, defineConfig, type TestProjectInlineConfiguration, type ViteUserConfig } from "vitest/config";

const SOURCE_CONDITIONS = ["@opt/source", "module", "node", "development|production"];
const root = fileURLToPath(new URL(".", import.meta.url));

const computesOnGpu = process.env["GPU_SUITE"] !== undefined;

/** With GPU_SUITE=webgpu or webgl2 the suites of the packages compute on the GPU of a browser. */
const gpuSetup = computesOnGpu ? [`${root}packages/core/test/gpu/remote/setup.ts`] : [];

/** The suites that a GPU has no part in, each with the reason. */
const withoutGpu: Readonly<Record<string, string>> = {
  "packages/core/test/gpu/**": "open their own pages",
  "packages/core/test/wasm/**": "write WebAssembly by hand, without any plan",
  "packages/core/test/threads.test.ts": "is about threads of the CPU",
  "packages/core/test/browser-threads.test.ts": "is about threads of the CPU",
  "packages/core/test/fuzz.test.ts": "names the CPU; packages/core/test/gpu tries such programs on the GPU",
};

/** One project for each folder below `parent` that has tests. */
function projectsIn(parent: string, setupFiles: string[]): TestProjectInlineConfiguration[] {
  const folders = existsSync(root + parent) ? readdirSync(root + parent) : [];
  return folders
    .filter((folder) => existsSync(`${root}${parent}/${folder}/test`))
    .map((folder) => ({
      extends: true,
      test: {
        name: `${parent}/${folder}`,
        root: `${root}${parent}/${folder}`,
        include: ["test/**/*.test.ts"],
        exclude: [...configDefaults.exclude, ...(computesOnGpu ? Object.keys(withoutGpu).map((path) => root + path) : [])],
        setupFiles,
      },
    }));
}

const config: ViteUserConfig = defineConfig({
  // Tests read the sources of every package, so that they need no build.
  resolve: { conditions: SOURCE_CONDITIONS },
  ssr: { resolve: { conditions: SOURCE_CONDITIONS, externalConditions: ["@opt/source"] } },
  test: {
    pool: "threads",
    // Fresh modules for each file cost a third of the time, and no suite may depend on what modules keep anyway.
    isolate: false,
    // A GPU that the CPU plays takes seconds for the 20,000 steps of a contract.
    testTimeout: computesOnGpu ? 300_000 : 30_000,
    projects: [
      ...projectsIn("packages", [`${root}tooling/vitest/fail-on-console.ts`, ...gpuSetup]),
      ...projectsIn("apps", []),
      ...projectsIn("tooling", []),
    ],
  },
});

export default config;
