import { tmpdir } from "node:os";
import { describe, expect, it } from "vitest";
import { runCli } from "../support/run-cli.ts";

const cwd = tmpdir();

describe("the page on the command line", () => {
  it("is built and served, with its content security policy, until Ctrl-C", async () => {
    let answer: Promise<Response> | undefined;
    const { code, output, errors } = await runCli(["page", "--port", "0"], {
      cwd,
      onOutput: (text, child) => {
        const [url] = /http:\S+/u.exec(text) ?? [];
        if (url === undefined || answer !== undefined) return;
        answer = fetch(url);
        void answer.finally(() => child.kill("SIGINT"));
      },
    });
    const response = await answer;
    expect(response?.headers.get("content-security-policy")).toBe("default-src 'self'; script-src 'self' 'wasm-unsafe-eval'");
    expect(output).toMatch(/^The page: http:\/\/localhost:\d+\/\nCtrl-C ends the server\.\n$/u);
    expect([code, errors]).toEqual([0, ""]);
  });

  it("explains its options", async () => {
    const { code, output } = await runCli(["page", "--help"], { cwd });
    expect(code).toBe(0);
    for (const option of ["host", "port", "help"]) expect(output).toContain(`--${option}`);
    expect((await runCli(["--help"], { cwd })).output).toContain("npm run demo -- page");
  });

  it.each([
    [["page", "--port", "http"], "0 to 65535"],
    [["page", "--prot", "80"], "Did you mean --port?"],
    [["--backend", "gpu", "page"], '--backend stands before "page"'],
  ])("%j exits with 2 and a way out", async (words, expected) => {
    const { code, output, errors } = await runCli(words, { cwd });
    expect(errors).toContain(expected);
    expect([code, output]).toEqual([2, ""]);
  });
});

describe("--backend", () => {
  it("says that Node has no GPU backend, and what has one", async () => {
    const { code, output, errors } = await runCli(["--backend", "gpu"], { cwd });
    expect(errors).toMatch(/^error: --backend gpu: Node has no GPU backend; .*`npm run demo -- page`/u);
    expect([code, output]).toEqual([1, ""]);
  });

  it("is the CPU by default, and that can be said", async () => {
    const words = ["--examples", "300", "--batch-size", "30", "--epochs", "1", "--optimizer", "sgd", "--no-report", "--json"];
    const hashOf = async (...more: string[]): Promise<string> => {
      const { output } = await runCli([...words, ...more], { cwd });
      return (JSON.parse(output) as { runs: { lossHash: string }[] }).runs[0]?.lossHash ?? "";
    };
    expect(await hashOf("--backend", "cpu")).toBe(await hashOf());
  });
});
