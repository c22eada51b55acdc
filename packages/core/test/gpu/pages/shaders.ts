import { compile, cos, exp, iota, key, log, log1p, matmul, pow, randomUniform, sigmoid, sin, sqrt, sum, tanh, tensor } from "@opt/core";
import type { Tensor } from "@opt/core";
import type { Group } from "./checks.ts";

/** The parts of the devices through which all shaders pass. */
interface ShaderCompiler {
  readonly gpu?: GPUDevice;
  readonly gl?: WebGL2RenderingContext;
}

/** Many functions in few kernels, of shapes that no other check has. */
function manyKernels(x: Tensor, whole: Tensor): Tensor[] {
  const functions = [exp, log, log1p, sqrt, tanh, sigmoid, sin, cos, (y: Tensor): Tensor => pow(y, 1.5)];
  return [functions.map((fn) => fn(x)).reduce((a, b) => a.add(b)), sum(x.mul(iota([29], 0, { dtype: "f32" })), 0), matmul(x, x.transpose()), whole.mul(whole).add(iota([23], 0)), randomUniform(key(1), [31])];
}

/** What is handed to the shader compilers: valid, without a warning, and in full precision also where devices offer less. */
export const shaders: Group = async (backend, check) => {
  await check("shaders compile without a word and ask for full precision", async () => {
    const { gpu, gl } = (backend as unknown as { readonly device: ShaderCompiler }).device;
    const complaints: Promise<string[]>[] = [];
    let count = 0;
    if (gpu !== undefined) {
      const create = gpu.createShaderModule.bind(gpu);
      gpu.createShaderModule = (description) => {
        const module = create(description);
        count++;
        complaints.push(module.getCompilationInfo().then(({ messages }) => messages.map(({ message }) => message)));
        return module;
      };
    }
    if (gl !== undefined) {
      const compileShader = gl.compileShader.bind(gl);
      gl.compileShader = (shader) => {
        compileShader(shader);
        count++;
        const text = gl.getShaderSource(shader) ?? "";
        const isPrecise = ["float", "int", "sampler2D"].every((type) => new RegExp(`precision highp ${type};`, "u").test(text)) && !/\b(lowp|mediump)\b/u.test(text);
        const isFragment = gl.getShaderParameter(shader, gl.SHADER_TYPE) === gl.FRAGMENT_SHADER;
        complaints.push(Promise.resolve([gl.getShaderInfoLog(shader) ?? "", ...(isFragment && !isPrecise ? [`not in full precision:\n${text.slice(0, 400)}`] : [])].filter((each) => each !== "")));
      };
    }
    const run = compile(manyKernels, { donate: [], backend });
    const x = tensor(Float32Array.from({ length: 17 * 29 }, (_, index) => 0.01 + (index % 50) / 50), { shape: [17, 29] });
    await Promise.all(run(x, tensor(new Int32Array(23))).map((result) => result.read()));
    if (count < 5) return `only ${String(count)} shaders were seen`;
    return (await Promise.all(complaints)).flat()[0];
  });
};
