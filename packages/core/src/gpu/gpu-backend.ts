import type { Backend } from "../compile/backend.ts";
import type { Storage } from "../tensor/storage.ts";

/** A backend of this entry. */
export interface GpuBackend extends Backend {
  /** A storage on the device with the elements of another, which stays as it is. */
  place(storage: Storage): Storage;
}
