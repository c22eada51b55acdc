/** Runs an iterator to its end and gives what it returns there. */
export async function last<Each, Result>(iterator: AsyncGenerator<Each, Result, undefined>): Promise<Result> {
  for (;;) {
    const { done, value } = await iterator.next();
    if (done === true) return value;
  }
}
