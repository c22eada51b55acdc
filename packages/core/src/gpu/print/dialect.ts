/** A shading language that functions are written in. */
export type Dialect = "wgsl" | "glsl";

/*
 * Functions are written once, in a notation close to both languages: the types V, I, U and B are four floats, signed and unsigned
 * integers and truth values, one for each of four neighbouring elements; the names of our own functions start with q and a capital.
 */

const wgslTypes: Readonly<Record<string, string>> = {
  V: "vec4<f32>", I: "vec4<i32>", U: "vec4<u32>", B: "vec4<bool>", float: "f32", int: "i32", uint: "u32",
};
const glslTypes: Readonly<Record<string, string>> = { V: "vec4", I: "ivec4", U: "uvec4", B: "bvec4" };

const typeName = "V|I|U|B|float|int|uint";
const header = new RegExp(`^(${typeName}) (\\w+)\\((.*)\\) \\{`, "gm");
const declaration = new RegExp(`^(\\s+)(${typeName}) (\\w+) = `, "gm");
const anyType = new RegExp(`\\b(${typeName})\\b`, "g");

const wgslType = (type: string): string => wgslTypes[type] ?? type;

function toWgsl(text: string): string {
  return text
    .replace(header, (_, result: string, name: string, parameters: string) => {
      const list = parameters === "" ? [] : parameters.split(", ").map((parameter) => parameter.split(" "));
      return `fn ${name}(${list.map(([type = "", own = ""]) => `${own} : ${type}`).join(", ")}) -> ${result} {`;
    })
    .replace(declaration, "$1var $3 : $2 = ")
    .replace(anyType, wgslType)
    // gpu.js calls a native function by its name with this prefix.
    .replace(/\bq[A-Z]\w*(?=\()/g, "fn_$&");
}

/** Writes functions in a shading language. */
export function translate(text: string, dialect: Dialect): string {
  return dialect === "wgsl" ? toWgsl(text) : text.replace(anyType, (type) => glslTypes[type] ?? type);
}

/** What gpu.js must be told about a function that a kernel calls. */
export interface FunctionSignature {
  readonly name: string;
  readonly argumentTypes: Readonly<Record<string, string>>;
  readonly returnType: string;
}

const gpujsTypes: Readonly<Record<string, string>> = { V: "Array(4)", float: "Float", int: "Integer" };

/** The signature of a function in our notation. */
export function signatureOf(text: string): FunctionSignature {
  const [, result = "", name = "", parameters = ""] = new RegExp(header.source, "m").exec(text) ?? [];
  const list = parameters === "" ? [] : parameters.split(", ").map((parameter) => parameter.split(" "));
  return {
    name,
    argumentTypes: Object.fromEntries(list.map(([type = "", own = ""]) => [own, gpujsTypes[type] ?? type])),
    returnType: gpujsTypes[result] ?? result,
  };
}
