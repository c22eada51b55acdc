import { fail } from "../../errors.ts";

/** Fails if a program did not link: WebGL would draw nothing with it, and say nothing. */
export function checkLinked(gl: WebGL2RenderingContext, program: WebGLProgram): void {
  if (gl.getProgramParameter(program, gl.LINK_STATUS) === true) return;
  fail("backend", gl.isContextLost() ? "webgl2: the context was lost while a kernel was compiled." : `webgl2: a kernel does not link: ${gl.getProgramInfoLog(program) ?? "no reason given"}`);
}

/** Compiles and links a program. */
export function linkProgram(gl: WebGL2RenderingContext, vertexShader: string, fragmentShader: string): WebGLProgram {
  const program = gl.createProgram();
  for (const [type, source] of [[gl.VERTEX_SHADER, vertexShader], [gl.FRAGMENT_SHADER, fragmentShader]] as const) {
    // It returns null only for a type that does not exist, or when the context is lost.
    const shader = gl.createShader(type) ?? fail("backend", "webgl2: the context was lost while a kernel was compiled.");
    gl.shaderSource(shader, source);
    gl.compileShader(shader);
    if (gl.getShaderParameter(shader, gl.COMPILE_STATUS) !== true && !gl.isContextLost()) fail("backend", `webgl2: a kernel does not compile: ${gl.getShaderInfoLog(shader) ?? ""}\n${source}`);
    gl.attachShader(program, shader);
  }
  gl.linkProgram(program);
  checkLinked(gl, program);
  return program;
}
