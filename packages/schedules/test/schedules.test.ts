import { constant, cosine, exponential, inverseTime, join, linear, piecewiseConstant, polynomial, warmup } from "@opt/schedules";
import { describe, expect, it } from "vitest";

describe("values", () => {
  it("linear: exact at both ends, constant after τ, the mean in the middle", () => {
    const schedule = linear({ initial: 0.5, final: 0.25, steps: 10 });
    expect([0, 5, 10, 11, 1e9].map(schedule)).toEqual([0.5, 0.375, 0.25, 0.25, 0.25]);
  });

  it("exponential: one factor every `steps`; the staircase holds between", () => {
    const smooth = exponential({ initial: 8, decay: 0.5, steps: 4 });
    expect([0, 4, 8].map(smooth)).toEqual([8, 4, 2]);
    const stairs = exponential({ initial: 8, decay: 0.5, steps: 4, staircase: true, minimum: 1.5 });
    expect([0, 3, 4, 7, 8, 12, 400].map(stairs)).toEqual([8, 8, 4, 4, 2, 1.5, 1.5]);
  });

  it("inverse time: halves after steps / decay, counts single steps by default", () => {
    expect(inverseTime({ initial: 1, decay: 0.5, steps: 10 })(20)).toBe(0.5);
    expect(inverseTime({ initial: 1, decay: 1 })(3)).toBe(0.25);
  });

  it("cosine: falls monotonically from `initial` to `final` and stays", () => {
    const schedule = cosine({ initial: 1, final: 0.2, steps: 50 });
    const values = Array.from({ length: 60 }, (_, step) => schedule(step));
    expect(values[0]).toBe(1);
    expect(values[25]).toBeCloseTo(0.6, 14);
    expect(values.slice(50)).toEqual(Array.from({ length: 10 }, () => 0.2));
    for (let step = 1; step <= 50; step++) expect(values[step]).toBeLessThan(values[step - 1]!);
  });

  it("polynomial: a power of what remains; piecewise constant: changes on the boundary", () => {
    expect([0, 2, 4, 9].map(polynomial({ initial: 5, final: 1, steps: 4, power: 2 }))).toEqual([5, 2, 1, 1]);
    const pieces = piecewiseConstant({ boundaries: [3, 5], values: [1, 2, 3] });
    expect([0, 2, 3, 4, 5, 99].map(pieces)).toEqual([1, 1, 2, 2, 3, 3]);
    expect(piecewiseConstant({ boundaries: [], values: [7] })(4)).toBe(7);
  });

  it("warmup: is continuous where it hands over, and zero steps leave the schedule as it is", () => {
    const inner = exponential({ initial: 0.8, decay: 0.5, steps: 10 });
    const schedule = warmup({ steps: 4, then: inner });
    expect([0, 1, 2, 3, 4].map(schedule)).toEqual([0, 0.2, 0.4, 0.8 * 0.75, 0.8].map((value): unknown => expect.closeTo(value, 15)));
    expect(schedule(14)).toBe(inner(10));
    expect(warmup({ steps: 0, then: inner })(7)).toBe(inner(7));
  });

  it("join: each piece counts from its own start", () => {
    const count = (step: number): number => step;
    const schedule = join([{ schedule: count, until: 3 }, { schedule: count, until: 5 }, { schedule: count }]);
    expect([0, 1, 2, 3, 4, 5, 6, 7].map(schedule)).toEqual([0, 1, 2, 0, 1, 0, 1, 2]);
  });
});

describe("bad options", () => {
  it("names the option, the range and the value", () => {
    expect(() => constant(NaN)).toThrowErrorMatchingInlineSnapshot(`[OptError: constant({ value }): must be a finite number; got NaN.]`);
    expect(() => linear({ initial: 1, final: 0, steps: 0 })).toThrowErrorMatchingInlineSnapshot(`[OptError: linear({ steps }): must be an integer ≥ 1; got 0.]`);
    expect(() => exponential({ initial: 1, decay: 0, steps: 10 })).toThrowErrorMatchingInlineSnapshot(`[OptError: exponential({ decay }): must be a number > 0; got 0.]`);
    expect(() => inverseTime({ initial: 1, decay: -1 })).toThrowErrorMatchingInlineSnapshot(`[OptError: inverseTime({ decay }): must be a number ≥ 0; got -1.]`);
    expect(() => cosine({ initial: 1, steps: 2.5 })).toThrowErrorMatchingInlineSnapshot(`[OptError: cosine({ steps }): must be an integer ≥ 1; got 2.5.]`);
    expect(() => polynomial({ initial: 1, steps: 5, power: 0 })).toThrowErrorMatchingInlineSnapshot(`[OptError: polynomial({ power }): must be a number > 0; got 0.]`);
    expect(() => piecewiseConstant({ boundaries: [5, 5], values: [1, 2, 3] })).toThrowErrorMatchingInlineSnapshot(`[OptError: piecewiseConstant({ boundaries[1] }): must be an integer > 5; got 5.]`);
    expect(() => piecewiseConstant({ boundaries: [5], values: [1] })).toThrowErrorMatchingInlineSnapshot(`[OptError: piecewiseConstant({ values }): must be 2 values for 1 boundaries; got 1.]`);
    expect(() => piecewiseConstant({ boundaries: 5, values: [1] } as never)).toThrowErrorMatchingInlineSnapshot(`[OptError: piecewiseConstant({ boundaries }): must be a list of numbers; got 5.]`);
    expect(() => warmup({ steps: -1, then: constant(1) })).toThrowErrorMatchingInlineSnapshot(`[OptError: warmup({ steps }): must be an integer ≥ 0; got -1.]`);
  });

  it("says what to use instead", () => {
    expect(() => linear({ initial: 1, end: 0, steps: 10 } as never)).toThrowErrorMatchingInlineSnapshot(`[OptError: linear({ end }): unknown option. Known options: initial, final, steps.]`);
    expect(() => cosine({ initial: 1, step: 10 } as never)).toThrowErrorMatchingInlineSnapshot(`[OptError: cosine({ step }): unknown option. Did you mean "steps"?]`);
    expect(() => warmup({ steps: 5, then: 0.1 as never })).toThrowErrorMatchingInlineSnapshot(`[OptError: warmup({ then }): must be a schedule, a function (step) => number; got 0.1. Use constant(0.1) instead.]`);
    expect(() => join([])).toThrowErrorMatchingInlineSnapshot(`[OptError: join(pieces): must be a list of at least one { schedule, until }; got [].]`);
    expect(() => join([{ schedule: constant(1) }, { schedule: constant(2) }])).toThrowErrorMatchingInlineSnapshot(`[OptError: join pieces[0]({ until }): must be an integer > 0; got undefined.]`);
    expect(() => join([{ schedule: constant(1), until: 5 }, { schedule: constant(2), until: 5 }, { schedule: constant(3) }])).toThrowErrorMatchingInlineSnapshot(`[OptError: join pieces[1]({ until }): must be an integer > 5; got 5.]`);
    expect(() => join([{ schedule: constant(1), until: 5 }])).toThrowErrorMatchingInlineSnapshot(`[OptError: join pieces[0]({ until }): must be left out; got 5. The last piece has no end: add another one to follow it.]`);
  });
});
