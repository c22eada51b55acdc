import type { Recorder } from "./recorded-kernel.ts";
import { Recording, tap } from "./recorded-kernel.ts";

/** What a pass is set to. */
interface PassState {
  pipeline?: GPUComputePipeline;
  readonly groups: [index: number, group: GPUBindGroup, offsets: number[]][];
}

const workgroupSize = /@workgroup_size\((\d+)(?:\s*,\s*(\d+))?/;

/** Records WebGPU. Must be made before the program opens its device. */
export function webGpuRecorder(): Recorder {
  const codes = new WeakMap<GPUShaderModule | GPUComputePipeline, string>();
  const passes = new WeakMap<GPUComputePassEncoder, PassState>();
  let device: GPUDevice | undefined;
  const recording = new Recording();
  const stateOf = (pass: GPUComputePassEncoder): PassState => {
    const state = passes.get(pass) ?? { groups: [] };
    passes.set(pass, state);
    return state;
  };
  tap(GPUDevice.prototype, "createShaderModule", (_, [{ code }]: [GPUShaderModuleDescriptor], module: GPUShaderModule) => {
    codes.set(module, code);
  });
  tap(GPUDevice.prototype, "createComputePipeline", (self, [{ compute }]: [GPUComputePipelineDescriptor], pipeline: GPUComputePipeline) => {
    device = self;
    codes.set(pipeline, codes.get(compute.module) ?? "");
  });
  tap(GPUComputePassEncoder.prototype, "setPipeline", (pass, [pipeline]: [GPUComputePipeline]) => {
    stateOf(pass).pipeline = pipeline;
  });
  tap(GPUComputePassEncoder.prototype, "setBindGroup", (pass, [index, group, offsets = []]: [number, GPUBindGroup, number[]?]) => {
    // The offsets are copied: a program may use one array for all of them.
    stateOf(pass).groups[index] = [index, group, [...offsets]];
  });
  tap(GPUComputePassEncoder.prototype, "dispatchWorkgroups", (pass, [x, y = 1, z = 1]: [number, number?, number?]) => {
    const { pipeline, groups } = stateOf(pass);
    if (!recording.isOn || pipeline === undefined || device === undefined) return;
    const code = codes.get(pipeline) ?? "";
    const [, width = "1", height = "1"] = workgroupSize.exec(code) ?? [];
    const own = device;
    const set = [...groups];
    recording.add({
      code,
      threads: x * y * z * Number(width) * Number(height),
      repeat: (count) => {
        const encoder = own.createCommandEncoder();
        const again = encoder.beginComputePass();
        again.setPipeline(pipeline);
        for (const parameters of set) again.setBindGroup(...parameters);
        for (let run = 0; run < count; run++) again.dispatchWorkgroups(x, y, z);
        again.end();
        own.queue.submit([encoder.finish()]);
      },
    });
  });
  return {
    record: (run) => recording.record(run),
    finish: async () => {
      await device?.queue.onSubmittedWorkDone();
    },
  };
}
