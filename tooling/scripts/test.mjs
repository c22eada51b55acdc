/**
 * `npm test`: sets up what is missing, then runs every check of the repository and counts.
 * Arguments are names of steps to run alone, for example `npm test -- lint types`.
 * Plain JavaScript, because Node 20 starts it.
 */
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { bin, ensureInstalled, environment, node, root } from "./setup.mjs";

const windows = process.platform === "win32";
const temporary = mkdtempSync(join(tmpdir(), "opt-test-"));
const suiteReport = join(temporary, "suites.json");

/** The steps print into a pipe; whether colors may pass is known only here. Node warns when both variables are set. */
const stepEnvironment = { ...environment };
delete stepEnvironment[process.stdout.isTTY ? "NO_COLOR" : "FORCE_COLOR"];
stepEnvironment[process.stdout.isTTY ? "FORCE_COLOR" : "NO_COLOR"] = "1";

/** Runs one of the development tools. */
const tool = (name, ...parameters) => ({ command: join(bin, windows ? `${name}.cmd` : name), parameters });
/** Runs one of our own TypeScript files. */
const script = (file, ...parameters) => ({ command: node, parameters: [file, ...parameters] });

/** Steps of one lane run one after the other; the lanes of a stage run side by side; a stage waits for the one before it. */
const stages = [
  [
    [
      { name: "types", ...tool("tsc", "-p", "tsconfig.json") },
      { name: "bench", ...tool("tsc", "-p", "bench/tsconfig.ours.json") },
      { name: "lint", ...tool("eslint", ".", "--max-warnings", "0") },
      { name: "knip", ...tool("knip", "--treat-config-hints-as-errors") },
    ],
    [
      { name: "build", ...tool("turbo", "run", "build", "--output-logs=errors-only") },
      { name: "pack", needs: "build", ...script("tooling/consumers/src/pack.ts", join(temporary, "packed")) },
      { name: "packages", needs: "pack", ...script("tooling/consumers/src/check-packages.ts", join(temporary, "packed")) },
      { name: "consumers", needs: "pack", ...script("tooling/consumers/src/check-consumers.ts", join(temporary, "packed")) },
      { name: "size", needs: "build", ...tool("size-limit") },
    ],
  ],
  // Alone, because some suites measure time.
  [[{ name: "suites", ...tool("vitest", "run", "--reporter=dot", "--reporter=json", `--outputFile.json=${suiteReport}`) }]],
];

const what = {
  types: "type-checks every source and test",
  bench: "type-checks what in the bench is ours",
  lint: "eslint, strict and type-checked",
  knip: "no unused file, export or dependency",
  build: "builds every package in the order of its dependencies",
  pack: "packs every package as it would be published",
  packages: "publint and arethetypeswrong on the packed packages",
  consumers: "installs the packed packages into empty projects and uses them",
  size: "bundle sizes against their ceilings",
  suites: "every test suite, and the laws of the repository",
};

const counts = { passed: 0, failed: 0, skipped: 0 };
const outcomes = new Map();

/** Starts a command and collects what it prints. */
function run({ command, parameters }) {
  return new Promise((resolve) => {
    const child = spawn(command, parameters, { cwd: root, env: stepEnvironment, shell: windows, stdio: ["ignore", "pipe", "pipe"] });
    let output = "";
    child.stdout.on("data", (chunk) => (output += chunk));
    child.stderr.on("data", (chunk) => (output += chunk));
    child.on("error", (error) => resolve({ passed: false, output: error.message }));
    child.on("close", (code) => resolve({ passed: code === 0, output }));
  });
}

/** The vitest tests count one by one; a run that broke before it could report counts as one failure. */
function countSuites(passed) {
  let report;
  try {
    report = JSON.parse(readFileSync(suiteReport, "utf8"));
  } catch {
    counts.failed += 1;
    return "no report was written";
  }
  counts.passed += report.numPassedTests;
  counts.failed += report.numFailedTests;
  counts.skipped += report.numPendingTests + report.numTodoTests;
  // A file that cannot even be loaded has no failed test; neither has an unhandled error.
  const hasFailedTest = (file) => file.assertionResults.some(({ status }) => status === "failed");
  const brokenFiles = report.testResults.filter((file) => file.status === "failed" && !hasFailedTest(file));
  counts.failed += brokenFiles.length;
  if (!passed && report.numFailedTests + brokenFiles.length === 0) counts.failed += 1;
  return `${report.numPassedTests} tests in ${report.testResults.length} files`;
}

async function runStep(step) {
  if (step.needs !== undefined && outcomes.get(step.needs) === false) {
    outcomes.set(step.name, false);
    counts.skipped += 1;
    console.log(`- ${step.name}: skipped, because ${step.needs} failed`);
    return;
  }
  const started = performance.now();
  const { passed, output } = await run(step);
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  outcomes.set(step.name, passed);
  let detail = what[step.name];
  if (step.name === "suites") detail = `${detail}: ${countSuites(passed)}`;
  else if (passed) counts.passed += 1;
  else counts.failed += 1;
  console.log(`${passed ? "✓" : "✗"} ${step.name} (${detail}), ${seconds} s`);
  // Lines that a step marks as worth knowing are shown although it passed.
  if (passed) for (const line of output.split("\n").filter((text) => text.startsWith("note: "))) console.log(`  ${line}`);
  else console.log(output.replace(/^/gm, "  "));
}

async function runLane(lane) {
  for (const step of lane) await runStep(step);
}

/** The steps asked for, with those that they need. */
function chosen(names) {
  const all = stages.flat(2);
  const unknown = names.find((name) => !all.some((step) => step.name === name));
  if (unknown !== undefined) {
    console.error(`npm test: no step "${unknown}"; the steps are ${all.map((step) => step.name).join(", ")}.`);
    process.exit(1);
  }
  const wanted = new Set(names.length > 0 ? names : all.map((step) => step.name));
  for (const step of [...all].reverse()) if (wanted.has(step.name) && step.needs !== undefined) wanted.add(step.needs);
  return stages.map((stage) => stage.map((lane) => lane.filter((step) => wanted.has(step.name))));
}

const plan = chosen(process.argv.slice(2));
ensureInstalled();
const started = performance.now();
console.log(`Checking: ${plan.flat(2).map((step) => step.name).join(", ")} …`);
for (const stage of plan) await Promise.all(stage.map(runLane));
rmSync(temporary, { recursive: true, force: true });

console.log(`Took ${((performance.now() - started) / 1000).toFixed(0)} s.`);
console.log(`${counts.passed} passed, ${counts.failed} failed${counts.skipped > 0 ? `, ${counts.skipped} skipped` : ""}`);
process.exitCode = counts.failed > 0 || counts.passed === 0 ? 1 : 0;
