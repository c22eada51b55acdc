import { spawn } from "node:child_process";
import { createInterface } from "node:readline";

/** A process that lives as long as this one and answers each line of its input with a line of JSON. */
export interface LineProcess {
  ask(line: string): Promise<unknown>;
  close(): void;
}

/**
 * Starts a {@link LineProcess}.
 *
 * @param command - The program.
 * @param parameters - Its parameters.
 * @param environment - What its environment has besides this process's own.
 */
export function lineProcess(command: string, parameters: readonly string[], environment: NodeJS.ProcessEnv = {}): LineProcess {
  const child = spawn(command, parameters, { stdio: ["pipe", "pipe", "inherit"], env: { ...process.env, ...environment } });
  const waiting: { resolve: (value: unknown) => void; reject: (reason: Error) => void }[] = [];
  const stop = (why: string): void => {
    for (const { reject } of waiting.splice(0)) reject(new Error(`${command} ${why}`));
  };
  child.on("error", (error) => stop(`did not start: ${error.message}`));
  child.on("exit", (code) => stop(`ended with code ${String(code)}`));
  // Writing to a process that has ended fails here; whoever waits is told by "exit".
  child.stdin.on("error", () => {});
  createInterface({ input: child.stdout }).on("line", (line) => waiting.shift()?.resolve(JSON.parse(line)));
  return {
    ask: (line) =>
      new Promise((resolve, reject) => {
        waiting.push({ resolve, reject });
        child.stdin.write(`${line}\n`);
      }),
    close: () => child.stdin.end(),
  };
}
