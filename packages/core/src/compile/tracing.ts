let depth = 0;

/** Whether a function is being traced, so that compiled functions called inside it become part of its graph. */
export function isTracing(): boolean {
  return depth > 0;
}

/** Runs `body` as part of a trace. */
export function whileTracing<Result>(body: () => Result): Result {
  depth++;
  try {
    return body();
  } finally {
    depth--;
  }
}
