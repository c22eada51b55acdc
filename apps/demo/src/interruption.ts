import { EXIT_CODES } from "./exit-codes.ts";

/** npm passes Ctrl-C on to a program that the terminal has already told: the echo within this time is not a second one. */
const ECHO_MILLISECONDS = 500;

/** Turns Ctrl-C into an abort signal. */
export interface Interruption {
  readonly signal: AbortSignal;
  /** Gives Ctrl-C its usual meaning back. */
  dispose(): void;
}

/**
 * Listens for Ctrl-C: the first one aborts the signal, so that the run stops after its step and the report is still
 * written; a second one ends the program at once.
 */
export function listenForInterruption(): Interruption {
  const controller = new AbortController();
  let first = 0;
  const onInterrupt = (): void => {
    if (controller.signal.aborted) {
      if (performance.now() - first > ECHO_MILLISECONDS) process.exit(EXIT_CODES.interrupted);
      return;
    }
    first = performance.now();
    controller.abort();
  };
  process.on("SIGINT", onInterrupt);
  process.on("SIGTERM", onInterrupt);
  return {
    signal: controller.signal,
    dispose: () => {
      process.off("SIGINT", onInterrupt);
      process.off("SIGTERM", onInterrupt);
    },
  };
}
