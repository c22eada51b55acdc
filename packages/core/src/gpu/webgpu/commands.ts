import type { DeviceHealth } from "../health.ts";

/** After so many runs the commands are submitted, so that the GPU does not wait for the program to pause. */
export const runsPerSubmit = 16;

/** Collects the commands of several runs into one submission. */
export class Commands {
  readonly #device: GPUDevice;
  readonly #health: DeviceHealth;
  #encoder: GPUCommandEncoder | undefined;
  #pass: GPUComputePassEncoder | undefined;
  #runs = 0;
  #scheduled = false;

  constructor(device: GPUDevice, health: DeviceHealth) {
    this.#device = device;
    this.#health = health;
  }

  /** The pass that kernels are added to. */
  get pass(): GPUComputePassEncoder {
    this.#pass ??= this.encoder.beginComputePass();
    return this.#pass;
  }

  /** The encoder, for copies between passes. */
  get encoder(): GPUCommandEncoder {
    this.#pass?.end();
    this.#pass = undefined;
    this.#encoder ??= this.#device.createCommandEncoder();
    return this.#encoder;
  }

  /** Ends a run: its commands are submitted with those of the runs after it, at the latest when the program pauses. */
  endRun(): void {
    this.#runs++;
    if (this.#runs >= runsPerSubmit) {
      this.submit();
      return;
    }
    if (this.#scheduled) return;
    this.#scheduled = true;
    queueMicrotask(() => {
      this.#scheduled = false;
      this.submit();
    });
  }

  /** Submits what has been collected. */
  submit(): void {
    const encoder = this.#encoder;
    if (encoder === undefined) return;
    this.#pass?.end();
    this.#pass = undefined;
    this.#encoder = undefined;
    this.#runs = 0;
    if (!this.#health.isLost) this.#device.queue.submit([encoder.finish()]);
  }
}
