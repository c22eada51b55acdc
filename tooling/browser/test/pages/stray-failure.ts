/** Throws where nobody waits for it, and never comes to an end. */
export default function failAside(): Promise<never> {
  setTimeout(() => {
    throw new TypeError("thrown aside");
  });
  return new Promise(() => {});
}
