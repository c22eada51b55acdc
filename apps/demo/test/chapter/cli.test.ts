import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runCli } from "../support/run-cli.ts";

const CONTROL_CODE = new RegExp(String.fromCharCode(27), "u");

let cwd = "";
beforeAll(async () => {
  cwd = await mkdtemp(join(tmpdir(), "opt-chapter-"));
});
afterAll(async () => {
  await rm(cwd, { recursive: true, force: true });
});

describe("wrong usage of the chapter", () => {
  it.each([
    [["chapter", "--only", "momentun"], "Did you mean momentum?"],
    [["chapter", "--onyl", "momentum"], "Did you mean --only?"],
    [["chapter", "momentum"], "is no command"],
    [["chaptr"], "Did you mean chapter?"],
    [["--epochs", "3", "chapter"], "--epochs stands before"],
    [["chapter", "--seed", "-1"], "0 to 4294967295"],
  ])("%j exits with 2 and a way out", async (words, expected) => {
    const { code, output, errors } = await runCli(words, { cwd });
    expect(errors).toContain(expected);
    expect(errors).not.toMatch(/\n +at /u);
    expect(output).toBe("");
    expect(code).toBe(2);
  });
});

describe("the chapter on the command line", () => {
  it("explains its options and lists the experiments", async () => {
    const { code, output } = await runCli(["chapter", "--help"], { cwd });
    expect(code).toBe(0);
    for (const option of ["only", "seed", "report", "no-report", "json", "quiet", "help"]) expect(output).toContain(`--${option}`);
    expect(output).toMatch(/8 {2}momentum +Momentum in a ravine/u);
    expect((await runCli(["--help"], { cwd })).output).toContain("chapter");
  });

  it("runs one experiment, prints claim, measurement and verdict as plain lines, and writes page and JSON", async () => {
    const words = ["chapter", "--only", "momentum", "--json", "out/chapter.json"];
    const { code, output, errors } = await runCli(words, { cwd, environment: { FORCE_COLOR: "1", CI: "1" } });
    expect(errors).toBe("");
    expect(code).toBe(0);
    expect(output).not.toMatch(CONTROL_CODE);
    expect(output).not.toContain("\r");
    expect(output).toMatch(/8 {2}Momentum in a ravine \(momentum, section 8\.3\.2, \d/u);
    expect(output).toMatch(/\n {6}holds\n/u);
    expect(output).toMatch(/All 3 claims held in 1 experiment\.\nReport: chapter\.html/u);
    expect(Math.max(...output.split("\n").map((line) => line.length))).toBeLessThanOrEqual(80);
    const page = await readFile(join(cwd, "chapter.html"), "utf8");
    expect(page).not.toMatch(/https?:/u);
    expect(page.endsWith("</html>\n")).toBe(true);
    const json = JSON.parse(await readFile(join(cwd, "out/chapter.json"), "utf8")) as { claims: number; held: number };
    expect([json.claims, json.held]).toEqual([3, 3]);
  });

  it("prints nothing but JSON with --json, and writes nothing with --no-report", async () => {
    const { code, output } = await runCli(["chapter", "--only", "momentum", "--no-report", "--json"], { cwd: join(cwd, "out") });
    expect(code).toBe(0);
    expect((JSON.parse(output) as { experiments: { name: string }[] }).experiments.map(({ name }) => name)).toEqual(["momentum"]);
    expect(await readdir(join(cwd, "out"))).toEqual(["chapter.json"]);
  });

  it("stops at Ctrl-C, still writes what was reached, and exits with 130", async () => {
    let interrupted = false;
    const { code, output } = await runCli(["chapter", "--only", "momentum,nesterov,adaptive-rates", "--report", "interrupted.html"], {
      cwd,
      onOutput: (_text, child) => {
        // The first output is the result of the first experiment: the second one runs.
        if (interrupted) return;
        interrupted = true;
        child.kill("SIGINT");
      },
    });
    expect(code).toBe(130);
    expect(output).toContain("Interrupted; this is what was reached.");
    const page = await readFile(join(cwd, "interrupted.html"), "utf8");
    expect(page).toContain("This run was interrupted");
    expect(page).toContain("not started");
  });
});
