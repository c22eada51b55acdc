import { describeValue, fail, nearest } from "@opt/core";
import { bfgs } from "./directions/bfgs.ts";
import { conjugateGradient } from "./directions/conjugate-gradient.ts";
import { lbfgs } from "./directions/lbfgs.ts";
import { newton } from "./directions/newton.ts";
import { saddleFreeNewton } from "./directions/saddle-free-newton.ts";
import { steepest } from "./directions/steepest.ts";
import type { Method, SecondDerivative, StepQuality } from "./protocols.ts";
import { strongWolfe } from "./searches/strong-wolfe.ts";

const named = {
  "steepest-descent": (): Method => ({ direction: steepest(), search: strongWolfe({ curvature: 0.4 }) }),
  "conjugate-gradient": (): Method => ({ direction: conjugateGradient(), search: strongWolfe() }),
  bfgs: (): Method => ({ direction: bfgs(), search: strongWolfe() }),
  lbfgs: (): Method => ({ direction: lbfgs(), search: strongWolfe() }),
  // A Hessian costs far more than a trial's gradient, so the search that takes fewer steps wins.
  newton: (): Method => ({ direction: newton({ regularization: "automatic" }), search: strongWolfe() }),
  "saddle-free-newton": (): Method => ({ direction: saddleFreeNewton(), search: strongWolfe() }),
} as const;

/** The methods that have a name; each stands for a direction and a search with their defaults. */
export type MethodName = keyof typeof named;

/** The names of the methods. */
export const methodNames: readonly MethodName[] = Object.keys(named) as MethodName[];

/** The method that a name or a pair stands for. */
function resolve(where: string, method: MethodName | Method): Method {
  if (typeof method === "string") {
    if (Object.hasOwn(named, method)) return named[method]();
    const suggestion = nearest(method, methodNames);
    const hint = suggestion === undefined ? `Known methods: ${methodNames.join(", ")}.` : `Did you mean "${suggestion}"?`;
    return fail("option", `${where}({ method }): unknown method ${describeValue(method)}. ${hint}`);
  }
  const complete = typeof method === "object" && method !== null && typeof method.direction?.propose === "function" && typeof method.search?.next === "function";
  if (complete) return method;
  return fail("option", `${where}({ method }): must be a name or { direction, search }, such as { direction: bfgs(), search: strongWolfe() }; got ${describeValue(method)}.`);
}

const ranks: Readonly<Record<StepQuality, number>> = { any: 0, decrease: 1, wolfe: 2 };
const english: Readonly<Record<SecondDerivative, string>> = { hessian: "the Hessian", "hessian-vector": "Hessian-vector products" };
const remedy: Readonly<Record<SecondDerivative, string>> = { hessian: "hessian", "hessian-vector": "hessianVector or hessian" };

/**
 * The method of a call, checked against what the function offers and for parts that do not go together.
 *
 * @throws OptError `option` for an unknown name, parts that are none, or a combination without meaning, which names both.
 */
export function methodFor(where: string, method: MethodName | Method, has: readonly SecondDerivative[]): Method {
  const { direction, search } = resolve(where, method);
  const both = `${direction.name}() with ${search.name}()`;
  for (const part of [direction, search]) {
    if (part.needs === undefined || has.includes(part.needs)) continue;
    const need = `${part.name}() needs ${english[part.needs]} of the objective, which has none`;
    fail("option", `${where}({ method }): ${both} cannot be used here, because ${need}. Add objective.${remedy[part.needs]}, or write the objective as a tensor function.`);
  }
  const { asks = "any", because = "of what it asks of its steps" } = direction;
  if (ranks[search.gives] < ranks[asks]) {
    const instead = asks === "wolfe" ? "strongWolfe() or, on quadratics, quadraticStep()" : "strongWolfe() or backtracking()";
    fail("option", `${where}({ method }): ${both} makes no sense, because ${because}, which ${search.name}() does not give. Use ${instead}.`);
  }
  return { direction, search };
}
