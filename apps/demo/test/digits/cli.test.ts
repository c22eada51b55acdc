import { mkdtemp, readFile, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runCli } from "../support/run-cli.ts";

/** Small enough for a second, large enough to learn something. */
const TINY = ["--examples", "300", "--batch-size", "30", "--epochs", "2", "--hidden", "16"];
const CONTROL_CODE = new RegExp(String.fromCharCode(27), "u");

let cwd = "";
beforeAll(async () => {
  cwd = await mkdtemp(join(tmpdir(), "opt-demo-"));
});
afterAll(async () => {
  await rm(cwd, { recursive: true, force: true });
});

interface JsonResults {
  readonly interrupted: boolean;
  readonly runs: readonly { optimizer: string; status: string; steps: number; seconds: number; testAccuracy: number; finalLoss: number; lossHash: string }[];
}

async function readReport(name: string): Promise<string> {
  return readFile(join(cwd, name), "utf8");
}

describe("wrong usage", () => {
  it.each([
    [["--optimizr", "adam"], "Did you mean --optimizer?"],
    [["--optimizer", "adm"], "Did you mean adam?"],
    [["--schedule", "cosin"], "Did you mean cosine?"],
    [["--backend", "gup"], "Choose from cpu, gpu."],
    [["optimizer", "adam"], "Did you mean --optimizer?"],
    [["--epochs", "0"], "a whole number from 1"],
    [["--learning-rate", "fast"], "a number above 0"],
    [["--examples", "10", "--batch-size", "20"], "batch"],
  ])("%j exits with 2 and a way out", async (words, expected) => {
    const { code, output, errors } = await runCli(words, { cwd });
    expect(errors).toContain(expected);
    expect(errors).not.toMatch(/\n +at /u);
    expect(output).not.toContain("epoch 1");
    expect(code).toBe(2);
  });
});

describe("help", () => {
  it("explains every option, optimizer and schedule with its default", async () => {
    const { code, output } = await runCli(["--help"], { cwd });
    expect(code).toBe(0);
    const options = "optimizer learning-rate schedule batch-size epochs hidden backend seed data examples report json quiet require-accuracy require-seconds help";
    for (const option of options.split(" ")) expect(output).toContain(`--${option}`);
    expect(output).toMatch(/adam +0\.005 +adaptive moments/u);
    expect(output).toMatch(/cosine +half a cosine wave/u);
    expect(output).toContain("(default: 128)");
    expect(output).toContain("npm run demo -- --data");
    expect(output).toContain("npm run demo -- page");
  });
});

describe("a piped run", () => {
  it("prints plain lines, a table and the report's path, and writes the report", async () => {
    const { code, output, errors } = await runCli([...TINY, "--optimizer", "sgd,adam"], { cwd, environment: { FORCE_COLOR: "1", CI: "1" } });
    expect(errors).toBe("");
    expect(code).toBe(0);
    expect(output).not.toMatch(CONTROL_CODE);
    expect(output).not.toContain("\r");
    expect(output).toMatch(/sgd +epoch 1\/2 {2}loss \d\.\d{4} {2}test accuracy \d+\.\d\d % {2}[\d,]+ steps\/s/u);
    expect(output).toMatch(/adam +│ +0\.005 │ +\d\.\d{4} │ +\d+\.\d\d % │/u);
    expect(output).toContain("Report: report.html");
    const page = await readReport("report.html");
    expect(page).not.toMatch(/https?:/u);
    expect(page).toContain("784-16-10");
    expect(page.endsWith("</html>\n")).toBe(true);
  });

  it("says nothing with --quiet and writes nothing with --no-report", async () => {
    const { code, output, errors } = await runCli([...TINY, "--backend", "cpu", "--optimizer", "adam", "--quiet", "--no-report", "--json", "quiet/results.json"], { cwd });
    expect([code, output, errors]).toEqual([0, "", ""]);
    expect(await readdir(join(cwd, "quiet"))).toEqual(["results.json"]);
  });

  it("gives the same losses for the same seed bit for bit, others for another", async () => {
    const words = [...TINY, "--optimizer", "momentum", "--no-report", "--json"];
    const hash = async (seed: string): Promise<string> => {
      const { output } = await runCli([...words, "--seed", seed], { cwd });
      return (JSON.parse(output) as JsonResults).runs[0]?.lossHash ?? "";
    };
    const [first, again, other] = [await hash("1"), await hash("1"), await hash("2")];
    expect(first).toMatch(/^[0-9a-f]{64}$/u);
    expect(again).toBe(first);
    expect(other).not.toBe(first);
  });

  it("starts every optimizer from the same parameters with the same batches", async () => {
    const rates = ["--learning-rate", "sgd=0.1,momentum=0.1"];
    const { output } = await runCli([...TINY, ...rates, "--batch-size", "300", "--epochs", "1", "--optimizer", "sgd,momentum", "--no-report", "--json"], { cwd });
    const [sgd, momentum] = (JSON.parse(output) as JsonResults).runs;
    // One step each: the loss is that of the first parameters on the first batch.
    expect(sgd?.steps).toBe(1);
    expect(momentum?.lossHash).toBe(sgd?.lossHash);
  });
});

describe("requirements", () => {
  it("exits with 1 and says what was missed", async () => {
    const words = [...TINY, "--optimizer", "adam", "--quiet", "--no-report"];
    const { code, errors } = await runCli([...words, "--require-accuracy", "100%", "--require-seconds", "0.000001"], { cwd });
    expect(code).toBe(1);
    expect(errors).toMatch(/^adam: test accuracy must be at least 100\.00 %; got \d+\.\d\d %\.\nadam: training may take at most 0\.00 s; it took/u);
  });

  it("exits with 0 when they are reached", async () => {
    const words = [...TINY, "--optimizer", "adam", "--quiet", "--no-report", "--require-accuracy", "0.1", "--require-seconds", "60"];
    expect((await runCli(words, { cwd })).code).toBe(0);
  });
});

describe("trouble", () => {
  it("names what is wrong with a data directory, without a stack trace", async () => {
    const { code, errors } = await runCli(["--data", "nowhere"], { cwd });
    expect(code).toBe(1);
    expect(errors).toMatch(/^error: .*nowhere/u);
    expect(errors).not.toMatch(/\n +at /u);
  });

  it("reports a learning rate that makes the loss explode", async () => {
    const words = [...TINY, "--optimizer", "sgd", "--learning-rate", "1e30", "--report", "diverged.html"];
    const { code, output } = await runCli(words, { cwd });
    expect(code).toBe(0);
    expect(output).toContain("non finite");
    expect(await readReport("diverged.html")).toContain("sgd: ");
  });

  it("stops at Ctrl-C, still writes the report, and exits with 130", async () => {
    let interrupted = false;
    const { code, output } = await runCli([...TINY, "--epochs", "100000", "--optimizer", "sgd,adam", "--report", "interrupted.html"], {
      cwd,
      onOutput: (text, child) => {
        if (interrupted || !text.includes("epoch 2/")) return;
        interrupted = true;
        child.kill("SIGINT");
      },
    });
    expect(code).toBe(130);
    expect(output).toContain("Interrupted; this is what was reached.");
    expect(output).toMatch(/sgd \(aborted\)/u);
    expect(output).toMatch(/adam \(not started\)/u);
    expect(await readReport("interrupted.html")).toContain("This run was interrupted");
  });
});
