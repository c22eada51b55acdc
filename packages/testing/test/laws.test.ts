import { describe, expect, it } from "vitest";
import type { LawTest } from "../src/laws.ts";
import { planLaws } from "../src/laws.ts";

describe("planLaws", () => {
  const pass = (): void => undefined;
  const laws: LawTest<"first" | "second">[] = [["first", pass], ["second", pass]];

  it("runs every law that is not skipped, and shows the reason of one that is", () => {
    expect(planLaws(laws, { second: "it has no tensors" })).toEqual([
      { title: "first", skipped: false, test: pass },
      { title: "second — skipped: it has no tensors", skipped: true, test: pass },
    ]);
  });

  it("fails a skip without a reason", () => {
    const [first] = planLaws(laws, { first: " " });
    expect(first?.skipped).toBe(false);
    expect(() => first?.test()).toThrow('the law "first" is skipped without a reason: say why it does not hold');
  });
});
