/** Which clock the measurements read: `OPT_BENCH_CLOCK=cpu` counts the time that this thread really ran, for machines that others use as well. */
export const usesCpuClock: boolean = process.env["OPT_BENCH_CLOCK"] === "cpu";

/** Seconds from some moment on. */
export function now(): number {
  if (!usesCpuClock) return performance.now() / 1000;
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1e6;
}
