const accessor = /^q(Quad|Element|Own|Half|Nothing)/;

/** A shader in a few words: what its loops count to, and which functions its statements call. */
export function describeCode(code: string): string {
  // gpu.js writes the kernel's own statements last, after all functions.
  const statements = code.slice(code.search(/void kernel\(\)|fn main/));
  const loops = [...statements.matchAll(/<\s*(?:i32\()?(\d+)\)?\s*\)/g)].map(([, bound = ""]) => `loop ${bound}`);
  const calls = new Map<string, number>();
  for (const [, name = ""] of statements.matchAll(/\b(?:fn_)?(q[A-Z]\w*)\(/g)) if (!accessor.test(name)) calls.set(name, (calls.get(name) ?? 0) + 1);
  return [...loops, ...[...calls].map(([name, count]) => (count === 1 ? name : `${name} ×${String(count)}`))].join(", ");
}
