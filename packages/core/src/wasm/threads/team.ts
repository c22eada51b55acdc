import { itemUnder } from "../../lists.ts";
import type { WasmMemory } from "../memory.ts";
import type { Phase } from "../module-builder.ts";
import type { PhaseCall } from "./control.ts";
import { controlBytes, doPhase, mostHelpers, mostPrograms, word } from "./control.ts";
import type { Helper } from "./start-helper.ts";
import { startHelper } from "./start-helper.ts";

/** What helpers need to have a part in a program. */
export interface TeamProgram {
  readonly module: WebAssembly.Module;
  readonly phases: readonly Phase[];
}

/** Helpers that had nothing to do for this long are sent away; the next job calls new ones. */
const idleMilliseconds = 2000;

/** The main thread and its helpers, who share one memory and run programs phase by phase. */
export class Team {
  readonly threads: number;
  /** Set when the platform refused a helper: it would refuse the next one too. */
  refused = false;
  readonly #memory: WasmMemory;
  /** A fresh control block for each set of helpers: one that was sent away may still be awake for a moment. */
  #words: Int32Array = new Int32Array();
  #maySleep = false;
  readonly #programs: TeamProgram[] = [];
  #helpers: Helper[] = [];
  #watch: ReturnType<typeof setInterval> | undefined;

  constructor(memory: WasmMemory, threads: number) {
    this.threads = threads;
    this.#memory = memory;
  }

  /** Enters a program; helpers receive it in their own time. Returns its number. */
  enter(program: TeamProgram): number {
    const number = this.#programs.push(program) - 1;
    if (this.#helpers.length > 0) this.#send(number);
    return number;
  }

  /** Whether all helpers are there and have the program; calls them if they are not. */
  isReady(number: number): boolean {
    if (this.refused || number >= mostPrograms) return false;
    if (this.#helpers.length === 0) this.#start();
    for (let helper = 0; helper < this.threads - 1; helper++) {
      if (Atomics.load(this.#words, word.loaded + helper) <= number) return false;
    }
    return true;
  }

  /** Runs a program with all threads. */
  run(number: number, phases: readonly PhaseCall[]): void {
    const member = { words: this.#words, places: word, index: 0, threads: this.threads, maySleep: this.#maySleep };
    this.#announce(number);
    try {
      for (const phase of phases) doPhase(phase, member);
    } catch (error) {
      // The others wait for a meeting that will not take place.
      this.#dismiss();
      throw error;
    }
  }

  #announce(program: number): void {
    // The next job's number, with no program below it.
    const next = (Atomics.load(this.#words, word.job) | mostPrograms) + 1;
    Atomics.store(this.#words, word.job, next + program + 1);
    if (Atomics.load(this.#words, word.idle) > 0) Atomics.notify(this.#words, word.job);
  }

  #send(number: number): void {
    const program = this.#programs[number];
    Atomics.add(this.#words, word.sent, 1);
    for (const helper of this.#helpers) helper.postMessage({ number, ...program });
    this.#announce(-1);
  }

  #start(): void {
    const { memory } = this.#memory;
    const control = this.#memory.allocate(controlBytes).address;
    this.#words = new Int32Array(memory.buffer, control, controlBytes / 4).fill(0);
    this.#maySleep = mayBlock(this.#words);
    try {
      for (let index = 1; index < this.threads; index++) {
        this.#helpers.push(startHelper({ memory, control, index, threads: this.threads }));
      }
    } catch {
      // Some content policies forbid workers made from text; then one thread does it all.
      this.refused = true;
      this.#dismiss();
      return;
    }
    this.#programs.forEach((_, number) => { this.#send(number); });
    this.#watchIdleness();
  }

  #watchIdleness(): void {
    let jobs = -1;
    this.#watch = setInterval(() => {
      const now = Atomics.load(this.#words, word.job);
      if (now === jobs) this.#dismiss();
      jobs = now;
    }, idleMilliseconds);
    // Where timers can keep a program alive, this one must not.
    (this.#watch as { unref?: () => void }).unref?.();
  }

  #dismiss(): void {
    clearInterval(this.#watch);
    for (const helper of this.#helpers) helper.terminate();
    this.#helpers = [];
  }
}

/** Whether this thread may sleep: the main thread of a browser may not. */
function mayBlock(words: Int32Array): boolean {
  try {
    // The value differs, so nothing waits; but who may not wait is told so first.
    Atomics.wait(words, word.job, Atomics.load(words, word.job) + 1, 0);
    return true;
  } catch {
    return false;
  }
}

const teams = new Map<number, Team>();

/** The team of so many threads, made when it is first asked for. */
export function teamOf(memory: WasmMemory, threads: number): Team {
  const size = Math.min(threads, mostHelpers + 1);
  return itemUnder(teams, size, () => new Team(memory, size));
}
