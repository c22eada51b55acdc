/** The names of the WebGPU adapter and the WebGL2 renderer: whether a GPU computes, or the processor in its place. */
export async function describeGpus(): Promise<string[]> {
  return [navigator.userAgent.match(/(Chrome|Firefox|Version)\/[\d.]+/)?.[0] ?? navigator.userAgent, `WebGPU: ${await webGpuName()}`, `WebGL2: ${webGl2Name()}`];
}

async function webGpuName(): Promise<string> {
  // Types say that it is always there; older browsers know better.
  const { gpu } = navigator as { readonly gpu?: GPU };
  const info = (await gpu?.requestAdapter())?.info;
  if (info === undefined) return "none";
  return [info.vendor, info.architecture, info.device, info.description].filter((part) => part !== "").join(" ");
}

function webGl2Name(): string {
  const gl = new OffscreenCanvas(1, 1).getContext("webgl2");
  if (gl === null) return "none";
  const extension = gl.getExtension("WEBGL_debug_renderer_info");
  return String(gl.getParameter(extension?.UNMASKED_RENDERER_WEBGL ?? gl.RENDERER));
}
