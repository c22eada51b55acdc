import { compile, exp, grad, matmul, sin, tensor, valueAndGrad, zeros } from "@opt/core";
import type { Tensor } from "@opt/core";
import { describe, expect, it } from "vitest";

const f64 = (data: Parameters<typeof tensor>[0]): Tensor => tensor(data, { dtype: "f64" });
const elements = (x: Tensor): number[] => [...x.readSync()];

describe("grad and valueAndGrad", () => {
  it("give the parameters' structure, with zeros for what was not used", () => {
    const params = { used: f64([1, 2]), list: [f64(3), f64([[4, 5]])], none: null };
    const [loss, gradients] = valueAndGrad((p: { used: Tensor; list: readonly Tensor[] }) => p.used.mul(p.used).sum().add(p.list[0] ?? 0))(params);
    expect(loss.item()).toBe(8);
    expect(Object.keys(gradients)).toEqual(["used", "list", "none"]);
    expect([gradients.used, ...gradients.list].map(elements)).toEqual([[2, 4], [1], [0, 0]]);
    expect(gradients.list[1]?.shape).toEqual([1, 2]);
  });

  it("pass other arguments through and differentiate by the first only", () => {
    const slope = grad((x: Tensor, y: Tensor, options: { power: number }) => x.pow(options.power).mul(y).sum());
    expect(elements(slope(f64([2]), f64([5]), { power: 3 }))).toEqual([60]);
  });

  it("pass an auxiliary value through", () => {
    const fn = (x: Tensor): [Tensor, { doubled: Tensor; note: string }] => [x.mul(x).sum(), { doubled: x.mul(2), note: "kept" }];
    const [[loss, auxiliary], gradient] = valueAndGrad(fn, { auxiliary: true })(f64([1, 3]));
    expect([loss.item(), elements(auxiliary.doubled), auxiliary.note, elements(gradient)]).toEqual([10, [2, 6], "kept", [2, 6]]);
    expect(() => valueAndGrad((x: Tensor) => x.sum() as never, { auxiliary: true })(f64([1]))).toThrowErrorMatchingInlineSnapshot(`[OptError: valueAndGrad({ auxiliary: true }): the function must return [loss, auxiliary]; got a value of class Tensor.]`);
  });

  it("accept a loss of one element of any rank", () => {
    expect(elements(grad((x: Tensor) => matmul(x, x.transpose()))(f64([[1, 2]])))).toEqual([2, 4]);
  });

  it("differentiate again and again", () => {
    let derivative = (x: Tensor): Tensor => sin(x).sum();
    const values: number[] = [];
    for (let order = 0; order < 5; order++) {
      values.push(derivative(f64(0.3)).item());
      const previous = derivative;
      derivative = (x) => grad(previous)(x);
    }
    const [s, c] = [Math.sin(0.3), Math.cos(0.3)];
    values.forEach((value, order) => { expect(value).toBeCloseTo([s, c, -s, -c, s][order] ?? NaN, 14); });
  });

  it("do not confuse nested variables", () => {
    // d/dx (x · d/dy (x + y)) = d/dx x = 1, and d/dx (x · d/dy (x · y)) = d/dx x² = 2x.
    expect(grad((x: Tensor) => x.mul(grad((y: Tensor) => x.add(y))(f64(1))))(f64(1)).item()).toBe(1);
    expect(grad((x: Tensor) => x.mul(grad((y: Tensor) => x.mul(y))(f64(1))))(f64(3)).item()).toBe(6);
    // The same tensor as both variables stays two variables.
    expect(grad((x: Tensor) => grad((y: Tensor) => x.mul(y).mul(y))(x))(f64(3)).item()).toBe(12);
    expect(grad((x: Tensor) => grad((y: Tensor) => y.mul(y).mul(y))(x))(f64(2)).item()).toBe(12);
  });

  it("work on values that were computed before, and inside compile", () => {
    const x = exp(f64([0, 1])).sub(1);
    const [first, second = NaN] = elements(grad((y: Tensor) => y.mul(y).sum())(x));
    expect(first).toBe(0);
    expect(second).toBeCloseTo(2 * (Math.E - 1), 14);
    const step = compile((p: { w: Tensor }) => grad((q: { w: Tensor }) => q.w.pow(3).sum())(p));
    expect(elements(step({ w: f64([2, -1]) }).w)).toEqual([12, 3]);
  });

  it("sum the contributions of every use", () => {
    const shared = (x: Tensor): Tensor => { const y = x.mul(2); return y.mul(y).add(y).sum().add(x.sum()); };
    expect(elements(grad(shared)(f64([1, -1])))).toEqual([11, -5]);
    const deep = (x: Tensor): Tensor => { let y = x; for (let depth = 0; depth < 20; depth++) y = y.add(y); return y.sum(); };
    expect(elements(grad(deep)(f64([1])))).toEqual([2 ** 20]);
    const chain = (x: Tensor): Tensor => { let y = x; for (let depth = 0; depth < 5000; depth++) y = y.add(1); return y.sum(); };
    expect(elements(grad(chain)(f64([1])))).toEqual([1]);
    expect(elements(grad(chain)(f64(1)))).toEqual([1]);
    expect(elements(chain(f64(1)))).toEqual([5001]);
  });

  it("leave the original values alone", () => {
    const params = { w: zeros([2]) };
    grad((p: { w: Tensor }) => p.w.add(1).sum())(params);
    expect(elements(params.w)).toEqual([0, 0]);
  });
});
