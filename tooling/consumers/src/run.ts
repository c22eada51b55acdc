import { spawnSync } from "node:child_process";

/** What a finished command printed; `spawnSync` with an error that says what went wrong. */
export function run(command: string, parameters: readonly string[], folder: string, environment: NodeJS.ProcessEnv = process.env): string {
  const result = spawnSync(command, parameters, { cwd: folder, env: environment, encoding: "utf8", shell: process.platform === "win32" });
  const output = `${result.stdout ?? ""}${result.stderr ?? ""}`;
  if (result.error !== undefined) throw result.error;
  if (result.status !== 0) throw new Error(`in ${folder}: ${command} ${parameters.join(" ")} failed (exit code ${result.status}):\n${output}`);
  return output;
}
