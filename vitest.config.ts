import { existsSync, readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { defineConfig, type TestProjectInlineConfiguration, type ViteUserConfig } from "vitest/config";

const SOURCE_CONDITIONS = ["@opt/source", "module", "node", "development|production"];
const root = fileURLToPath(new URL(".", import.meta.url));

/** With GPU_SUITE=webgpu or webgl2 the suites of the packages compute on the GPU of a browser. */
const gpuSetup = process.env["GPU_SUITE"] === undefined ? [] : [`${root}packages/core/test/gpu/remote/setup.ts`];

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
    testTimeout: 30_000,
    projects: [
      ...projectsIn("packages", [`${root}tooling/vitest/fail-on-console.ts`, ...gpuSetup]),
      ...projectsIn("apps", []),
      ...projectsIn("tooling", []),
    ],
  },
});

export default config;
