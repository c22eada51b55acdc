import { fileURLToPath } from "node:url";
import { MessageChannel, receiveMessageOnPort, Worker } from "node:worker_threads";
import { OptError } from "../../../src/errors.ts";
import type { GpuMode } from "../../../src/gpu.ts";
import type { TypedArray } from "../../../src/tensor/dtype.ts";
import { smallBytes } from "../../../src/wasm/executable.ts";
import type { Elements } from "./message.ts";
import { pack, unpack } from "./message.ts";
import type { Answer, Command, Request } from "./protocol.ts";

/** So many commands wait until they are sent together: a message takes as long as some small plans. */
const batch = 100;

/**
 * A page of a browser that obeys commands. Whoever reads waits for the thread that waits for the page, so that tests written for the
 * CPU can read at once.
 */
export class Remote {
  readonly #signal = new Int32Array(new SharedArrayBuffer(4));
  readonly #channel = new MessageChannel();
  #seen = 0;
  #numbers = 0;
  /** The bytes of each storage on the page. */
  readonly #storages = new Map<number, number>();
  #commands: Command[] = [];
  #uploads: Elements[] = [];

  constructor(mode: GpuMode) {
    const worker = new Worker(fileURLToPath(new URL("worker.ts", import.meta.url)), {
      workerData: { port: this.#channel.port2, signal: this.#signal, page: fileURLToPath(new URL("page.ts", import.meta.url)), mode },
      transferList: [this.#channel.port2],
      execArgv: ["--conditions=@opt/source"],
    });
    worker.unref();
    this.#wait();
  }

  /** A number that no other storage or plan of the page has. */
  nextNumber(): number {
    return this.#numbers++;
  }

  /** The number of a storage that the page is about to be told of. */
  nextStorage(byteLength: number): number {
    const storage = this.nextNumber();
    this.#storages.set(storage, byteLength);
    return storage;
  }

  /** Has the page give a storage back, unless it was told before. */
  forgetStorage(storage: number): void {
    if (this.#storages.delete(storage)) this.tell({ kind: "forgetStorage", storage });
  }

  /** How many storages the page has. */
  get storageCount(): number {
    return this.#storages.size;
  }

  /** The bytes of all storages on the page but small ones: the CPU has those in ordinary arrays, and leaves both to the garbage collector. */
  get usedBytes(): number {
    return [...this.#storages.values()].reduce((total, bytes) => total + (bytes > smallBytes ? bytes : 0), 0);
  }

  /** Has the page obey soon; what goes wrong is told by whatever is next sent. */
  tell(command: Command, ...uploads: readonly Elements[]): void {
    this.#commands.push(command);
    this.#uploads.push(...uploads);
    if (this.#commands.length >= batch) this.#send(undefined);
  }

  /** The elements of a storage, after all that the page was told. */
  read(storage: number): TypedArray {
    return this.#send(storage) ?? new Float32Array();
  }

  #send(read: number | undefined): TypedArray | undefined {
    const request: Request = { commands: this.#commands, read };
    const message = pack(request, this.#uploads);
    this.#commands = [];
    this.#uploads = [];
    this.#channel.port1.postMessage(message);
    this.#wait();
    const { part: { error }, storages } = unpack<Answer>(receiveMessageOnPort(this.#channel.port1)?.message as ArrayBuffer);
    if (error !== undefined) throw new OptError(error.code ?? "backend", error.message);
    return storages[0]?.array;
  }

  #wait(): void {
    if (Atomics.wait(this.#signal, 0, this.#seen, 120_000) === "timed-out") throw new Error("the browser does not answer");
    this.#seen = Atomics.load(this.#signal, 0);
  }
}
