import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";

/** The last of the processors that this process may use: the first one often serves the devices. */
function lastProcessor(): string | undefined {
  try {
    return /^Cpus_allowed_list:.*?(\d+)$/m.exec(readFileSync("/proc/self/status", "utf8"))?.[1];
  } catch {
    return undefined;
  }
}

/**
 * Keeps this thread, and the processes that it starts, on one processor: programs that take turns are then slowed alike by whatever else
 * runs on the core. The engine's own threads, which compile and collect garbage beside the program, stay where they are. Does nothing
 * where the system has no `taskset`.
 */
export function stayOnOneProcessor(): void {
  const processor = lastProcessor();
  if (processor !== undefined) spawnSync("taskset", ["--cpu-list", "--pid", processor, String(process.pid)], { stdio: "ignore" });
}
