import { collapseAxes } from "../../compile/collapse.ts";
import type { ElementFunction, KernelValue } from "../../compile/kernel.ts";
import { operandsOf } from "../../compile/stages.ts";
import { failInternally } from "../../errors.ts";
import { valueAt } from "../program/body.ts";
import type { ElementKernel, ProductKernel, ProgramBuffer } from "../program/device-program.ts";
import type { Dialect } from "./dialect.ts";
import { argumentsOf, indexExpression, isAligned, parametersOf, quadIndices, quadWalk } from "./index-code.ts";
import type { ThreadAxes } from "./index-code.ts";
import type { KernelSource } from "./kernel-source.ts";
import { quadsOf, SourceWriter } from "./kernel-source.ts";
import { callProduct } from "./product-function.ts";

/** A value in the kernel's code: one quad of floats or predicates, or the two halves of a quad of integers. */
type Printed = readonly [string] | readonly [high: string, low: string];

/** The functions of f32, of integers (whose halves are computed by two functions of these names) and of predicates. */
const floatFunctions: Readonly<Record<Exclude<ElementFunction, "where" | "cast">, string>> = {
  neg: "qNeg", exp: "qExp", log: "qLog", log1p: "qLog1p", sqrt: "qSqrt", tanh: "qTanh", sigmoid: "qSigmoid", relu: "qRelu", abs: "qAbs", sign: "qSign",
  sin: "qSin", cos: "qCos", logicalNot: "qLogicalNot", add: "qAdd", sub: "qSub", mul: "qMul", div: "qDiv", pow: "qPow", maximum: "qMaximum", minimum: "qMinimum",
  less: "qIsLess", lessEqual: "qIsLessEqual", equal: "qIsEqual", logicalAnd: "qLogicalAnd", logicalOr: "qLogicalOr",
};
const integerFunctions: Readonly<Partial<Record<ElementFunction, string>>> = {
  neg: "qIntNeg", abs: "qIntAbs", add: "qIntAdd", sub: "qIntSub", mul: "qIntMul", maximum: "qIntMaximum", minimum: "qIntMinimum",
};
const integerComparisons: Readonly<Partial<Record<ElementFunction, string>>> = { less: "qLessInts", lessEqual: "qLessEqualInts", equal: "qEqualInts" };

/** A float as a literal of the shading languages: exactly the f32 that it rounds to. */
function floatText(value: number): string {
  const rounded = Math.fround(value);
  if (!Number.isFinite(rounded) || (rounded !== 0 && Math.abs(rounded) < 2 ** -126) || Object.is(rounded, -0)) {
    return `qFloat(U(${String(new Uint32Array(Float32Array.of(rounded).buffer)[0] ?? 0)}u))`;
  }
  const text = String(rounded);
  return `V(${/[.e]/.test(text) ? text : `${text}.0`})`;
}

class ElementPrinter {
  readonly #kernel: ElementKernel;
  readonly #buffers: readonly ProgramBuffer[];
  readonly #axes: ThreadAxes;
  readonly #writer: SourceWriter;
  readonly #isInteger: boolean;
  /** The matrix product whose elements are values of the kernel, if it has one. */
  readonly #product: ProductKernel | undefined;
  readonly #printed = new Map<number, Printed>();
  #defined = 0;

  constructor(kernel: ElementKernel, buffers: readonly ProgramBuffer[], dialect: Dialect, product: ProductKernel | undefined) {
    this.#product = product;
    const collapsed = collapseAxes({ ...kernel, kind: "loop", stores: [] });
    this.#kernel = { ...kernel, ...collapsed };
    this.#buffers = buffers;
    const output = buffers[kernel.output] ?? failInternally("a kernel has no output");
    this.#isInteger = output.dtype === "i32";
    const axes = collapsed.extents.map((extent, axis) => ({ axis, extent }));
    this.#axes = {
      counted: axes.filter(({ axis }) => collapsed.reduced[axis] !== true),
      looped: axes.filter(({ axis }) => collapsed.reduced[axis] === true),
      quads: Math.ceil(output.length / 4),
    };
    this.#writer = new SourceWriter(dialect, this.#axes.quads * (this.#isInteger ? 2 : 1));
  }

  print(): KernelSource {
    const { values, result } = this.#kernel;
    const body: string[] = [];
    const reduction = values.findIndex((value) => value.kind === "reduce");
    if (reduction >= 0) this.#reduce(reduction, body);
    const printed = this.#value(result, body, false);
    body.push(`  return ${this.#returned(printed)};`);
    return this.#writer.finish(body);
  }

  /** What the thread writes: threads in the second half of an integer kernel write the lower halves of the same elements. */
  #returned(printed: Printed): string {
    const [value, low] = printed;
    if (!this.#isInteger) return value;
    this.#writer.define(`V qHalf(int t, V h, V l) {\n  V chosen = h;\n  if (t >= ${String(this.#axes.quads)}) {\n    chosen = l;\n  }\n  return chosen;\n}`);
    if (low !== undefined) return this.#call("qHalf", this.#writer.thread, value, low);
    return this.#call("qHalf", this.#writer.thread, this.#constant(0), value);
  }

  #call(name: string, ...parameters: readonly string[]): string {
    return this.#writer.call(name, ...parameters);
  }

  /** Defines a function of this kernel and calls it with the thread and the loop counters. */
  #own(type: "V" | "I", expression: string, inside: boolean): string {
    const name = `qOwn${String(this.#defined++)}`;
    const thread = this.#isInteger ? `(t % ${String(this.#axes.quads)})` : "t";
    this.#writer.define(`${type} ${name}(${parametersOf(this.#axes)}) {\n  int e = 4 * ${thread};\n  return ${expression};\n}`);
    return this.#call(name, argumentsOf(this.#writer.thread, this.#axes, inside));
  }

  #constant(value: number): string {
    const name = `qOwn${String(this.#defined++)}`;
    this.#writer.define(`V ${name}() {\n  return ${floatText(value)};\n}`);
    return this.#call(name);
  }

  #reduce(id: number, body: string[]): void {
    const value = valueAt(this.#kernel.values, id);
    if (value.kind !== "reduce") return;
    const isInteger = value.dtype === "i32";
    const names = isInteger ? [`v${String(id)}h`, `v${String(id)}l`] : [`v${String(id)}`];
    const start = value.name === "sum" ? names.map(() => this.#constant(0)) : isInteger ? [this.#constant(-32768), this.#constant(0)] : [this.#call("qLowest")];
    names.forEach((name, half) => body.push(`  let ${name} = ${start[half] ?? ""};`));
    const inner: string[] = [];
    const operand = this.#value(value.operand, inner, true);
    const combined = this.#function(value.name === "sum" ? "add" : "maximum", [names as unknown as Printed, operand], value.dtype, value.dtype);
    // Both halves are made from the old ones before either changes.
    const next = names.map((name) => (isInteger ? `n${name}` : name));
    names.forEach((_, half) => inner.push(isInteger ? `const ${next[half] ?? ""} = ${combined[half] ?? ""};` : `${next[half] ?? ""} = ${combined[half] ?? ""};`));
    if (isInteger) names.forEach((name, half) => inner.push(`${name} = ${next[half] ?? ""};`));
    this.#axes.looped.forEach(({ extent }, position) => {
      const counter = `r${String(position)}`;
      body.push(`  for (let ${counter} = 0; ${counter} < ${String(extent)}; ${counter}++) {`);
    });
    body.push(...inner.map((line) => `    ${line.trim()}`));
    body.push(...this.#axes.looped.map(() => "  }"));
    // What the loops computed is out of reach after them.
    this.#printed.clear();
    this.#printed.set(id, names as unknown as Printed);
  }

  #value(id: number, body: string[], inside: boolean): Printed {
    const known = this.#printed.get(id);
    if (known !== undefined) return known;
    const value = valueAt(this.#kernel.values, id);
    const operands = operandsOf(value).map((operand) => this.#value(operand, body, inside));
    const expressions = this.#expressions(value, operands, inside);
    const suffixes = expressions.length === 1 ? [""] : ["h", "l"];
    // What a loop computes has other names than what is computed after it.
    const names = suffixes.map((suffix) => `${inside ? "w" : "v"}${String(id)}${suffix}`);
    expressions.forEach((expression, half) => body.push(`  const ${names[half] ?? ""} = ${expression};`));
    const printed = names as unknown as Printed;
    this.#printed.set(id, printed);
    return printed;
  }

  #expressions(value: KernelValue, operands: readonly Printed[], inside: boolean): readonly string[] {
    switch (value.kind) {
      case "load":
        return this.#load(value, inside);
      case "constant":
        if (value.dtype === "i32") return [this.#constant(value.value >> 16), this.#constant(value.value & 0xffff)];
        // Compilers take 0 · x for 0, also where x is NaN or infinite: a zero that they cannot see, since numbers of threads are not negative.
        if (value.value === 0) return [this.#own("V", `${Object.is(value.value, -0) ? "-" : ""}V(float(min(t, 0)))`, inside)];
        return [this.#constant(value.value)];
      case "argument": {
        const name = this.#writer.scalar(value.argument, value.dtype);
        return value.dtype === "i32" ? [this.#call("qSplatHigh", name), this.#call("qSplatLow", name)] : [this.#call("qSplat", name)];
      }
      case "iota": {
        const indices = `I(${quadIndices(value.index, this.#axes).join(", ")})`;
        if (value.dtype !== "i32") return [this.#own("V", `V(${indices})`, inside)];
        return [this.#own("V", `qHigh(${indices})`, inside), this.#own("V", `qLow(${indices})`, inside)];
      }
      case "product":
        return [callProduct(this.#product ?? failInternally("a kernel has no product"), this.#writer, this.#isInteger)];
      case "random":
        return [this.#random(value.index, value.stream, operands, inside)];
      case "function":
        return this.#function(value.name, operands, valueAt(this.#kernel.values, value.operands[0] ?? 0).dtype, value.dtype);
      default:
        return failInternally(`${value.kind} is asked for before it is computed`);
    }
  }

  #random(index: Extract<KernelValue, { kind: "random" }>["index"], stream: number, operands: readonly Printed[], inside: boolean): string {
    const name = `qOwn${String(this.#defined++)}`;
    const thread = this.#isInteger ? `(t % ${String(this.#axes.quads)})` : "t";
    const counter = `I(${quadIndices(index, this.#axes).join(", ")})`;
    this.#writer.define(
      `V ${name}(${parametersOf(this.#axes)}, V h0, V l0, V h1, V l1) {\n  int e = 4 * ${thread};\n  return qUniform(${counter}, ${String(stream)}u, h0, l0, h1, l1);\n}`,
    );
    return this.#call(name, argumentsOf(this.#writer.thread, this.#axes, inside), ...operands.flat());
  }

  #load({ buffer, index }: Extract<KernelValue, { kind: "load" }>, inside: boolean): string[] {
    const source = this.#buffers[buffer] ?? failInternally(`buffer ${String(buffer)} does not exist`);
    const name = this.#writer.input(buffer, quadsOf(source.length, source.dtype)).toUpperCase();
    const planes = source.dtype === "i32" ? [0, Math.ceil(source.length / 4)] : [0];
    return planes.map((plane) => {
      const from = { ...index, offset: index.offset + 4 * plane };
      if (isAligned(from, this.#axes)) return this.#own("V", `qQuad${name}((${indexExpression(from, this.#axes, "e")}) / 4)`, inside);
      const indices = quadIndices(from, this.#axes);
      if (quadWalk(from, this.#axes).kind === "same") return this.#own("V", `V(qElement${name}(${indices[0] ?? ""}))`, inside);
      return this.#own("V", `V(${indices.map((expression) => `qElement${name}(${expression})`).join(", ")})`, inside);
    });
  }

  #function(name: ElementFunction, operands: readonly Printed[], from: string, to: string): readonly string[] {
    if (name === "where") {
      const [mask = [""], chosen = [""], other = [""]] = operands;
      return chosen.map((_, half) => this.#call("qWhere", mask[0], chosen[half] ?? "", other[half] ?? ""));
    }
    if (name === "cast") return this.#cast(operands[0] ?? [""], from, to);
    const flat = operands.flat();
    if (from !== "i32") return [this.#call(floatFunctions[name], ...flat)];
    const comparison = integerComparisons[name];
    if (comparison !== undefined) return [this.#call(comparison, ...flat)];
    const halves = integerFunctions[name] ?? failInternally(`${name} of integers does not exist`);
    return [this.#call(`${halves}High`, ...flat), this.#call(`${halves}Low`, ...flat)];
  }

  #cast(operand: Printed, from: string, to: string): readonly string[] {
    if (from === to) return operand;
    if (to === "f32") return from === "i32" ? [this.#call("qFromInt", ...operand)] : operand;
    if (from === "bool") return [this.#constant(0), operand[0]];
    return [this.#call("qToIntHigh", operand[0]), this.#call("qToIntLow", operand[0])];
  }
}

/**
 * Prints a kernel that computes each element of its output from the element's number.
 *
 * @param kernel - The kernel.
 * @param buffers - The program's buffers.
 * @param dialect - The shading language of the functions in it.
 * @param product - The matrix product that its value of that kind is.
 */
export function printElementKernel(kernel: ElementKernel, buffers: readonly ProgramBuffer[], dialect: Dialect, product?: ProductKernel): KernelSource {
  return new ElementPrinter(kernel, buffers, dialect, product).print();
}

