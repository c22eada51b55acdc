import type { RemoteBuffer } from "../compile/backend.ts";
import type { DType, TypedArray } from "./dtype.ts";

/**
 * Where the elements of a finished tensor are: in an ordinary typed array (`array`), in the CPU backend's memory (`buffer`), or in
 * that of another backend (`remote`). Small results stay in arrays, which the garbage collector sees; so does a batch that is used once.
 */
export interface Storage {
  readonly dtype: DType;
  readonly length: number;
  array: TypedArray | undefined;
  buffer: DeviceBuffer | undefined;
  remote: RemoteBuffer | undefined;
  /** Set when several tensors, or a plan that captured it, refer to it: then it must not be updated in place. */
  shared: boolean;
  /** Whether kernels have read it before: an array that they read again moves into the backend's memory. */
  used: boolean;
  /** The mark of the last call that was handed it or handed it out: tells when one call has the same storage twice. */
  stamp: number;
}

/** A piece of the CPU backend's memory. */
export interface DeviceBuffer {
  readonly address: number;
  readonly byteLength: number;
  /** Gives the memory back; afterwards the buffer must not be used. */
  release(): void;
}

/** The buffer of elements that only another backend than the CPU has. */
export function remoteOnly({ array, buffer, remote }: Storage): RemoteBuffer | undefined {
  return array === undefined && buffer === undefined ? remote : undefined;
}

function storageOf(dtype: DType, length: number, array?: TypedArray, buffer?: DeviceBuffer, remote?: RemoteBuffer): Storage {
  return { dtype, length, array, buffer, remote, shared: false, used: false, stamp: 0 };
}

export function arrayStorage(dtype: DType, array: TypedArray): Storage {
  return storageOf(dtype, array.length, array);
}

export function bufferStorage(dtype: DType, length: number, buffer: DeviceBuffer): Storage {
  return storageOf(dtype, length, undefined, buffer);
}

export function remoteStorage(dtype: DType, length: number, remote: RemoteBuffer): Storage {
  return storageOf(dtype, length, undefined, undefined, remote);
}
