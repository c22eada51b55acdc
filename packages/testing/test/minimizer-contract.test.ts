import { describe, expect, it } from "vitest";
import { describeMinimizer } from "../src/index.ts";
import type { Minimizer, MinimizerLaw, MinimizerResult } from "../src/index.ts";
import { minimizerLaws } from "../src/minimizer-contract.ts";
import { plainBfgs, stranger } from "./plain-bfgs.ts";

describeMinimizer("a stranger's BFGS", stranger);

async function outcome(law: MinimizerLaw, subject: Minimizer): Promise<string> {
  const test = minimizerLaws(subject).find(([name]) => name === law)?.[1];
  if (test === undefined) return "no such law";
  try {
    await test();
    return "holds";
  } catch (error) {
    return error instanceof Error ? "broken" : "thrown something else";
  }
}

/** The stranger's minimizer with a flaw in how it is called. */
function flawed(minimize: Minimizer["minimize"]): Minimizer {
  return { ...stranger, minimize };
}

/** The stranger's minimizer with a flaw in its result. */
function misreporting(change: (result: MinimizerResult) => Partial<MinimizerResult>): Minimizer {
  return flawed((...args) => {
    const result = stranger.minimize(...args);
    return { ...result, ...change(result) };
  });
}

describe("the contract of minimizers catches", () => {
  it("one that stops too early", async () => {
    const hasty = flawed((objective, x0, options) => stranger.minimize(objective, x0, { ...options, tolerance: 1 }));
    expect(await outcome("reaches the minimum: Rosenbrock", hasty)).toBe("broken");
  });

  it("one that says converged where it is not", async () => {
    const boasting = flawed((objective, x0) => ({ ...stranger.minimize(objective, x0, { maxSteps: 5 }), status: "converged" }));
    expect(await outcome("reaches the minimum: Wood", boasting)).toBe("broken");
  });

  it("one that lies about its point or its work", async () => {
    expect(await outcome("tells the truth about its last point", misreporting(({ value }) => ({ value: value + 1e-9 })))).toBe("broken");
    const idle = misreporting(({ evaluations }) => ({ evaluations: { ...evaluations, value: evaluations.value - 1 } }));
    expect(await outcome("tells the truth about its evaluations", idle)).toBe("broken");
  });

  it("one that climbs", async () => {
    const climbing = flawed((objective, x0, options) => {
      const negated = { ...objective, value: (x: Float64Array) => -objective.value(x), gradient: (x: Float64Array) => objective.gradient(x).map((element) => -element) };
      const result = stranger.minimize(negated, x0, options);
      return { ...result, value: -result.value };
    });
    expect(await outcome("never ends higher than it began", climbing)).toBe("broken");
  });

  it("one that writes into x0, and one that uses an array twice", async () => {
    const writing = flawed((objective, x0, options) => {
      const result = stranger.minimize(objective, x0, options);
      x0.set(result.x);
      return result;
    });
    expect(await outcome("changes nothing that it is given", writing)).toBe("broken");
    const buffer = new Float64Array(2);
    const thrifty = flawed((objective, x0, options) => {
      const { x, ...rest } = stranger.minimize({ ...objective, value: (point) => {
        buffer.set(point);
        return objective.value(buffer);
      } }, x0, options);
      buffer.set(x);
      return { ...rest, x: buffer };
    });
    expect(await outcome("keeps no array that it may change later", thrifty)).toBe("broken");
  });

  it("one with hidden state", async () => {
    let calls = 0;
    const moody = flawed((objective, x0, options) => stranger.minimize(objective, x0.map((element) => element + 1e-9 * calls++), options));
    expect(await outcome("gives the same bits for the same inputs", moody)).toBe("broken");
  });

  it("one that ignores its options", async () => {
    const deaf = flawed((objective, x0) => stranger.minimize(objective, x0));
    for (const law of ["stops after maxSteps", "stops when the signal is aborted", "shows the callback every iterate"] as const) {
      expect(await outcome(law, deaf), law).toBe("broken");
    }
  });

  it("one that throws, or that ends without a word", async () => {
    const throwing = flawed((objective, x0, options) => {
      const result = stranger.minimize(objective, x0, options);
      if (result.status !== "converged") throw new Error(result.status);
      return result;
    });
    expect(await outcome("ends as a value where the function is NaN", throwing)).toBe("broken");
    expect(await outcome("ends as a value where the function falls without bound", throwing)).toBe("broken");
    expect(await outcome("stays where the gradient is small already", misreporting(() => ({ message: " " })))).toBe("broken");
  });

  it("one that is satisfied with NaN", async () => {
    const careless = misreporting(() => ({ status: "converged", x: Float64Array.of(Number.NaN, Number.NaN) }));
    expect(await outcome("keeps out of where the function is NaN", careless)).toBe("broken");
  });

  it("one whose two forms differ", async () => {
    const divided: Minimizer = { ...stranger, steps: (objective, x0, options) => plainBfgs(objective, x0, { ...options, maxSteps: 19 }) };
    expect(await outcome("does the same step by step", divided)).toBe("broken");
  });
});
