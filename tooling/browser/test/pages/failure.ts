/** Prints, then fails. */
export default async function failLate(): Promise<void> {
  console.info("about to fail");
  await Promise.resolve();
  throw new RangeError("out of range");
}
