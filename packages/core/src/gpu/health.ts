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

  /**
   * Throws what happened, now and at every later check: what a device computes after an error may be zeros or stale, and nothing
   * tells which results are.
   */
  check(): void {
    if (this.#lost !== undefined) {
      fail(
        "lost",
        `${this.#name}: the device was lost (${this.#lost}). Tensors on it are gone; what was read back is not. ` +
          "Make a new backend with await gpu(), and go on from the last state that was read.",
      );
    }
    if (this.#error !== undefined) {
      fail("backend", `${this.#name}: ${this.#error} Nothing that was computed here since can be trusted; make a new backend with await gpu().`);
    }
  }
}
