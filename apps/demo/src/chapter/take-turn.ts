/** Lets other work on the event loop have its turn, Ctrl-C and the progress bar among it; throws the signal's reason once it is aborted. */
export async function takeTurn(signal: AbortSignal): Promise<void> {
  await new Promise((resolve) => {
    setImmediate(resolve);
  });
  signal.throwIfAborted();
}
