import { Governor } from "./governor.ts";
import type { PhaseCall } from "./control.ts";
import type { Team, TeamProgram } from "./team.ts";

const microseconds = (milliseconds: number): string => `${String(Number((1000 * milliseconds).toPrecision(3)))} µs`;

/** A program that several threads may run, or one alone: whichever is measured to be faster. */
export class SharedRun {
  readonly #team: Team;
  readonly #phases: readonly PhaseCall[];
  readonly #runAlone: () => void;
  readonly #number: number;
  readonly #governor = new Governor();

  constructor(team: Team, program: TeamProgram, exports: WebAssembly.Exports, runAlone: () => void) {
    this.#team = team;
    this.#runAlone = runAlone;
    // Every phase is a function of the chunk and the thread.
    this.#phases = program.phases.map((phase) => ({ ...phase, run: exports[phase.name] as PhaseCall["run"] }));
    this.#number = team.enter(program);
  }

  run(): void {
    if (!this.#team.isReady(this.#number)) {
      this.#runAlone();
      return;
    }
    const shared = this.#governor.next();
    const began = performance.now();
    if (shared) this.#team.run(this.#number, this.#phases);
    else this.#runAlone();
    this.#governor.record(shared, performance.now() - began);
  }

  /** How it runs, and why, for `explain`. */
  describe(): string {
    const { threads, refused } = this.#team;
    if (refused) return "1 thread, because no helper can start";
    const { times, shares } = this.#governor;
    if (times === undefined) return `1 thread until ${String(threads)} are tried`;
    const both = `${microseconds(times.together)} with ${String(threads)}, ${microseconds(times.alone)} alone`;
    return shares ? `${String(threads)} threads: ${both}` : `1 thread, because it is as fast: ${both}`;
  }
}
