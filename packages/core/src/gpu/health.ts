import { fail } from "../errors.ts";

/** Whether a device still answers, and what went wrong with it: shared by all that belongs to it. */
export class DeviceHealth {
  readonly #name: string;
  #lost: string | undefined;
  #error: string | undefined;

  constructor(name: string) {
    this.#name = name;
  }

  get isLost(): boolean {
    return this.#lost !== undefined;
  }

  /** Notes that the device is gone. */
  lose(reason: string): void {
    this.#lost ??= reason;
  }

  /** Notes an error that the device reported after the call that caused it. */
  report(error: string): void {
    this.#error ??= error;
  }

  /** Throws what happened since the last check, if anything did. */
  check(): void {
    if (this.#lost !== undefined) {
      fail(
        "lost",
        `${this.#name}: the device was lost (${this.#lost}). Tensors on it are gone; what was read back is not. ` +
          "Make a new backend with await gpu(), and go on from the last state that was read.",
      );
    }
    const error = this.#error;
    if (error === undefined) return;
    this.#error = undefined;
    fail("backend", `${this.#name}: ${error}`);
  }
}
