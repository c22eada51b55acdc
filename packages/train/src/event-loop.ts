/** Lets other work run between pieces of a long computation. */
export interface EventLoop {
  /** A promise of the next turn of the event loop when the time slice is over, else undefined. */
  turn(): Promise<void> | undefined;
  /** Closes what was opened; no turn may be asked for afterwards. */
  close(): void;
}

/** Milliseconds of uninterrupted work: two or three frames of a screen, so that progress bars and key strokes feel live. */
const timeSlice = 40;

interface Host {
  readonly setImmediate?: (callback: () => void) => unknown;
}

/**
 * Opens a way into the event loop that costs microseconds. `setTimeout` would cost 1 to 4 ms each turn, so it is
 * `setImmediate` where there is one (Node), else a message channel (browsers and workers).
 */
export function openEventLoop(): EventLoop {
  const { setImmediate } = globalThis as Host;
  const channel = setImmediate === undefined ? new MessageChannel() : undefined;
  let last = performance.now();
  const next = (resolve: () => void): void => {
    const done = (): void => {
      last = performance.now();
      resolve();
    };
    if (channel === undefined) {
      setImmediate?.(done);
      return;
    }
    channel.port1.onmessage = done;
    channel.port2.postMessage(undefined);
  };
  return {
    turn: () => (performance.now() - last < timeSlice ? undefined : new Promise(next)),
    close: () => {
      channel?.port1.close();
    },
  };
}
