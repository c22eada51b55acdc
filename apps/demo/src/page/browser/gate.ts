/** Something that can be held up and let go on. */
export interface Gate {
  close(): void;
  open(): void;
  /** Undefined while it is open, so that whoever passes loses no time; else settled when it opens. */
  pass(): Promise<void> | undefined;
}

/** Makes a gate, open at first. */
export function makeGate(): Gate {
  let closed = false;
  let release: (() => void)[] = [];
  return {
    close: () => {
      closed = true;
    },
    open: () => {
      closed = false;
      for (const resolve of release) resolve();
      release = [];
    },
    pass: () => (closed ? new Promise((resolve) => release.push(resolve)) : undefined),
  };
}
