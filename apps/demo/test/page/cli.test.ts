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
  });

  it("exits with 2 and a way out for a wrong port", async () => {
    const { code, output, errors } = await runCli(["page", "--port", "http"], { cwd });
    expect(errors).toContain("It must be a whole number from 0 to 65535.");
    expect([code, output]).toEqual([2, ""]);
  });

  it("is what --backend gpu names, since Node has no GPU backend", async () => {
    const { code, output, errors } = await runCli(["--backend", "gpu"], { cwd });
    expect(errors).toMatch(/^error: --backend gpu: Node has no GPU backend; .*`npm run demo -- page`/u);
    expect([code, output]).toEqual([1, ""]);
  });
});
