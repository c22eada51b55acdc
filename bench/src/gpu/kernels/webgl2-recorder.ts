import type { RecordedKernel, Recorder } from "./recorded-kernel.ts";
import { Recording, tap } from "./recorded-kernel.ts";

type DrawParameters = [mode: number, first: number, count: number];

/** Records WebGL2: every kernel is drawn into a texture, or into the layers of one, that has a framebuffer of its own. */
export function webGl2Recorder(): Recorder {
  let context: WebGL2RenderingContext | undefined;
  const recording = new Recording();
  tap(WebGL2RenderingContext.prototype, "drawArrays", (gl, parameters: DrawParameters) => {
    context = gl;
    if (recording.isOn) recording.add(captured(gl, parameters));
  });
  return {
    record: (run) => recording.record(run),
    finish: () => {
      // Reading waits for all that was drawn.
      context?.readPixels(0, 0, 1, 1, context.RGBA, context.FLOAT, new Float32Array(4));
      return Promise.resolve();
    },
  };
}

/** A drawing call with all that it depends on. */
function captured(gl: WebGL2RenderingContext, parameters: DrawParameters): RecordedKernel {
  const program = gl.getParameter(gl.CURRENT_PROGRAM) as WebGLProgram;
  const vertexArray = gl.getParameter(gl.VERTEX_ARRAY_BINDING) as WebGLVertexArrayObject | null;
  const framebuffer = gl.getParameter(gl.FRAMEBUFFER_BINDING) as WebGLFramebuffer;
  const target = gl.getFramebufferAttachmentParameter(gl.FRAMEBUFFER, gl.COLOR_ATTACHMENT0, gl.FRAMEBUFFER_ATTACHMENT_OBJECT_NAME) as WebGLTexture;
  const [left = 0, top = 0, width = 0, height = 0] = gl.getParameter(gl.VIEWPORT) as Int32Array;
  const active = gl.getParameter(gl.ACTIVE_TEXTURE) as number;
  const textures = Array.from({ length: gl.getParameter(gl.MAX_TEXTURE_IMAGE_UNITS) as number }, (_, unit) => {
    gl.activeTexture(gl.TEXTURE0 + unit);
    return { plain: gl.getParameter(gl.TEXTURE_BINDING_2D) as WebGLTexture | null, layers: gl.getParameter(gl.TEXTURE_BINDING_2D_ARRAY) as WebGLTexture | null };
  });
  gl.activeTexture(active);
  const fragment = gl.getAttachedShaders(program)?.find((shader) => gl.getShaderParameter(shader, gl.SHADER_TYPE) === gl.FRAGMENT_SHADER);
  return {
    code: fragment === undefined ? "" : (gl.getShaderSource(fragment) ?? ""),
    threads: width * height,
    repeat: (count) => {
      gl.useProgram(program);
      gl.bindVertexArray(vertexArray);
      textures.forEach(({ plain, layers }, unit) => {
        gl.activeTexture(gl.TEXTURE0 + unit);
        // A texture that is drawn into later may still stand in a unit that no kernel reads.
        gl.bindTexture(gl.TEXTURE_2D, plain === target ? null : plain);
        gl.bindTexture(gl.TEXTURE_2D_ARRAY, layers === target ? null : layers);
      });
      gl.bindFramebuffer(gl.FRAMEBUFFER, framebuffer);
      gl.viewport(left, top, width, height);
      for (let run = 0; run < count; run++) gl.drawArrays(...parameters);
    },
  };
}
