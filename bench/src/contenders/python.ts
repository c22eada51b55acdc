import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { Contender } from "./contender.ts";
import type { LineProcess } from "./line-process.ts";
import { lineProcess } from "./line-process.ts";
import { Unavailable } from "./unavailable.ts";

const oneThread = { OMP_NUM_THREADS: "1", OPENBLAS_NUM_THREADS: "1", MKL_NUM_THREADS: "1", PYTHONUNBUFFERED: "1", PYTHONDONTWRITEBYTECODE: "1" };
const running = new Map<string, LineProcess>();
let made = 0;

/** The Python process that runs a file of `native`, started once; its Python is `OPT_BENCH_PYTHON`, or `python3`. */
function serverOf(file: string, module: string): LineProcess {
  const known = running.get(file);
  if (known !== undefined) return known;
  const python = process.env["OPT_BENCH_PYTHON"] ?? "python3";
  const probe = spawnSync(python, ["-c", `import ${module}`], { encoding: "utf8" });
  if (probe.status !== 0) throw new Unavailable(`${python} cannot import ${module}; name a Python that can in OPT_BENCH_PYTHON`);
  const started = lineProcess(python, [fileURLToPath(new URL(`../../native/${file}`, import.meta.url))], oneThread);
  running.set(file, started);
  return started;
}

/** Ends the Python processes that were started. */
export function closePython(): void {
  for (const process of running.values()) process.close();
  running.clear();
}

async function contender(python: LineProcess, program: string, options: Readonly<Record<string, unknown>>): Promise<Contender> {
  const id = made++;
  const ask = (request: object): Promise<unknown> => python.ask(JSON.stringify({ id, ...request }));
  await ask({ do: "make", program, options });
  return {
    answer: async () => (await ask({ do: "answer" })) as number[],
    time: async (count) => (await ask({ do: "time", count })) as number,
    close: () => void ask({ do: "forget" }),
  };
}

/**
 * A program of `native/torch_programs.py`.
 *
 * @param program - Its name in `PROGRAMS`.
 * @param options - What it is told.
 * @throws Unavailable without a Python that has PyTorch.
 */
export async function torch(program: string, options: Readonly<Record<string, unknown>>): Promise<Contender> {
  return contender(serverOf("torch_programs.py", "torch"), program, options);
}

/** As {@link torch}, with `native/optax_programs.py`. */
export async function optax(program: string, options: Readonly<Record<string, unknown>>): Promise<Contender> {
  return contender(serverOf("optax_programs.py", "optax"), program, options);
}
