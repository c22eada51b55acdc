import { fileURLToPath } from "node:url";
import type { FolderServer, PageBundle } from "../../../tooling/browser/src/index.ts";
import { bundlePage, findBrowser, launchBrowser, serveFolder } from "../../../tooling/browser/src/index.ts";
import type { Effort } from "../measure.ts";
import { unmeasured } from "../measure.ts";
import type { Outcome } from "../outcome.ts";
import type { runRow } from "../row-runner.ts";
import type { Row } from "../row.ts";
import type { PageMessage } from "./page-message.ts";

const entry = fileURLToPath(new URL("page.ts", import.meta.url));

/** Bundles the page with the packages' `dist`, as users install them. */
function bundle(): Promise<PageBundle> {
  // What Node's environment says concerns the rows that run in Node.
  return bundlePage(entry, { sources: false, define: { "process.env": "{}" } });
}

/** Serves the page isolated from other origins: only then does a browser tell the time in steps of 5 µs. */
function serve({ folder }: PageBundle): Promise<FolderServer> {
  return serveFolder(folder, { "Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Embedder-Policy": "require-corp" });
}

/** Opens the page and passes on what it tells, until it is through. */
async function follow(browser: Awaited<ReturnType<typeof launchBrowser>>, url: string, onMessage: (message: PageMessage) => void): Promise<void> {
  const page = await browser.newPage();
  const end = new Promise<void>((resolve, reject) => {
    page.on("crash", () => reject(new Error("the page crashed")));
    page.on("pageerror", reject);
    void page.exposeFunction("tell", (message: PageMessage) => {
      onMessage(message);
      if (message.kind === "end") resolve();
      if (message.kind === "error") reject(new Error(message.error));
    }).then(() => page.goto(url)).catch(reject);
  });
  try {
    await end;
  } finally {
    await page.close();
  }
}

/** Measures rows in Chromium. */
export interface GpuRunner {
  /** Measures a row in a browser of its own, so that no row inherits what another left on the GPU. */
  readonly run: typeof runRow;
  /** The browser and its GPUs, in words, once a row has run. */
  readonly gpus: () => readonly string[];
  readonly close: () => Promise<void>;
}

/** Bundles the page and serves it to a headless Chromium; where there is none, every row is skipped. */
export async function startGpuRunner(): Promise<GpuRunner> {
  if (findBrowser() === undefined) return { run: skipRow, gpus: () => [], close: () => Promise.resolve() };
  const page = await bundle();
  const server = await serve(page);
  let gpus: readonly string[] = [];
  return {
    run: async (row, { rounds, roundSeconds }, onOutcome) => {
      const browser = await launchBrowser();
      try {
        await follow(browser, `${server.url}?row=${row.name}&rounds=${String(rounds)}&seconds=${String(roundSeconds)}`, (message) => {
          if (message.kind === "gpus") ({ gpus } = message);
          if (message.kind === "outcome") onOutcome(message.outcome);
        });
      } finally {
        await browser.close();
      }
    },
    gpus: () => gpus,
    close: async () => {
      await Promise.all([server.close(), page.remove()]);
    },
  };
}

function skipRow(row: Row, _effort: Effort, onOutcome: (outcome: Outcome) => void): Promise<void> {
  for (const one of row.cases()) onOutcome(unmeasured(row.name, one, { skipped: { Chromium: "install it, or name it in CHROMIUM_PATH" } }));
  return Promise.resolve();
}

/** Serves the page for any browser, until the program is interrupted, and prints its address. */
export async function serveGpuPage(): Promise<void> {
  const page = await bundle();
  const server = await serve(page);
  console.log(`Open ${server.url} in a browser; Ctrl-C ends. One row: ${server.url}?row=gpu-digits&rounds=11&seconds=0.5`);
  await new Promise((resolve) => process.once("SIGINT", resolve));
  await Promise.all([server.close(), page.remove()]);
}
