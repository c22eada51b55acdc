import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { fileURLToPath } from "node:url";
import { shownFigure, shownRivals, shownVerdict } from "./format.ts";
import type { Outcome } from "./outcome.ts";
import type { Row } from "./row.ts";
import type { Summary } from "./summary.ts";

const file = fileURLToPath(new URL("../RESULTS.md", import.meta.url));
const manifest = fileURLToPath(new URL("../package.json", import.meta.url));
/** New results go below this line. */
const marker = "<!-- newest results first -->\n";

/** The versions of the Python peers that are installed. */
function pythonVersions(): string[] {
  const python = process.env["OPT_BENCH_PYTHON"] ?? "python3";
  return ["torch", "optax"].flatMap((module) => {
    const { status, stdout } = spawnSync(python, ["-c", `import ${module}; print(${module}.__version__)`], { encoding: "utf8" });
    return status === 0 ? [`${module} ${stdout.trim()}`] : [];
  });
}

/** What the rows ran on; `gpus` describes the browser's, if they ran in one. */
function setting(gpus: readonly string[] | undefined): string {
  const { dependencies } = JSON.parse(readFileSync(manifest, "utf8")) as { dependencies: Record<string, string> };
  return [
    `${cpus()[0]?.model.trim() ?? "unknown processor"} (${String(cpus().length)} cores)`,
    ...(gpus ?? [`Node ${process.versions.node} (V8 ${process.versions.v8})`]),
    `TensorFlow.js ${dependencies["@tensorflow/tfjs"] ?? "?"}`,
    `jax-js ${dependencies["@jax-js/jax"] ?? "?"}`,
    ...(gpus === undefined ? pythonVersions() : []),
    ...(process.env["OPT_BENCH_CLOCK"] === "cpu" ? ["thread time, on a machine that was not idle"] : []),
  ].join("; ");
}

function rowSection(row: Row, outcomes: readonly Outcome[]): string {
  const lines = outcomes.map((outcome) => {
    const verdicts = [...(outcome.failure === undefined ? [] : [outcome.failure]), ...outcome.verdicts.map(shownVerdict)];
    return `| ${outcome.name} | ${shownFigure(outcome)} | ${shownRivals(outcome).join("<br>")} | ${verdicts.join("<br>")} |`;
  });
  return [`### ${row.name}: ${row.what}`, "", "| work | ours | ours is … as fast as | must reach |", "|---|---|---|---|", ...lines, ""].join("\n");
}

/** What is computed by a processor in place of a GPU must not pass for more. */
function warning(gpus: readonly string[]): string[] {
  return gpus.some((gpu) => /swiftshader/i.test(gpu)) ? ["**SwiftShader, not a GPU**: software on the processor computes for WebGPU and WebGL2. Ratios say how much work there is, not how a GPU does it.", ""] : [];
}

/** Writes the tables of a run into `RESULTS.md`, above those of earlier runs. */
export function recordResults(command: string, rows: readonly Row[], outcomes: readonly Outcome[], summary: Summary, gpus?: readonly string[]): void {
  const section = [
    `## ${new Date().toISOString().slice(0, 10)}${gpus === undefined ? "" : ", WebGPU and WebGL2 in a browser"}: ${String(summary.reached)} of ${String(summary.bars)} reached`,
    "",
    `\`${command}\``,
    "",
    setting(gpus),
    "",
    ...warning(gpus ?? []),
    ...summary.skipped.map((line) => `${line}\n`),
    ...rows.map((row) => rowSection(row, outcomes.filter((outcome) => outcome.row === row.name))),
  ].join("\n");
  const before = readFileSync(file, "utf8");
  writeFileSync(file, before.replace(marker, `${marker}\n${section}`));
}
