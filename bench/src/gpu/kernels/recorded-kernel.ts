/** A kernel that a program ran, to be run again by itself. */
export interface RecordedKernel {
  /** The shader. */
  readonly code: string;
  /** How many threads it was run with. */
  readonly threads: number;
  /** Issues it again, so many times, reading and writing what it read and wrote then. */
  readonly repeat: (count: number) => void;
}

/** Watches the calls that a program makes to the browser's GPU interface, whoever wrote the program. */
export interface Recorder {
  /** What a function runs. */
  readonly record: (run: () => void) => readonly RecordedKernel[];
  /** Waits until the GPU has done what was issued. */
  readonly finish: () => Promise<void>;
}

/** Keeps the kernels that are met while a function runs. */
export class Recording {
  #kernels: RecordedKernel[] | undefined;

  /** Whether kernels are wanted just now. */
  get isOn(): boolean {
    return this.#kernels !== undefined;
  }

  add(kernel: RecordedKernel): void {
    this.#kernels?.push(kernel);
  }

  /** The kernels met while `run` runs. */
  record(run: () => void): readonly RecordedKernel[] {
    const kernels: RecordedKernel[] = [];
    this.#kernels = kernels;
    run();
    this.#kernels = undefined;
    return kernels;
  }
}

/** Replaces a method by one that also tells of its calls. */
export function tap<Self extends object, Args extends unknown[], Result>(
  prototype: Self,
  name: keyof Self & string,
  tell: (self: Self, args: Args, result: Result) => void,
): void {
  const methods = prototype as Record<string, (this: Self, ...args: Args) => Result>;
  const original = methods[name]!;
  methods[name] = function (...args) {
    const result = original.apply(this, args);
    tell(this, args, result);
    return result;
  };
}
