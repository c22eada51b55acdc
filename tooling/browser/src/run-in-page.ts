import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import type { Browser } from "playwright-core";
import { bundlePage } from "./bundle-page.ts";
import { launchBrowser } from "./launch-browser.ts";
import type { Headers } from "./serve-folder.ts";
import { serveFolder } from "./serve-folder.ts";

/** Options of {@link runInPage}. */
export interface RunInPageOptions {
  /** Sent with the page and all that it loads. */
  readonly headers?: Headers;
  /** What the page can fetch by name beside itself. */
  readonly files?: Readonly<Record<string, Uint8Array>>;
  /** Milliseconds until the run counts as failed. Default 20,000. */
  readonly timeout?: number;
  /** A browser that is running already; otherwise one is started for this run alone. */
  readonly browser?: Browser;
}

/** What the page tells when it is through. */
type Outcome = { readonly value: unknown } | { readonly error: string };

/** Calls the entry and reports. It is imported dynamically, so that an error of the module itself is reported as well. */
const harnessOf = (entry: string): string => `
import(${JSON.stringify(entry)})
  .then((module) => module.default())
  .then((value) => ({ value }), (error) => ({ error: error?.stack ?? String(error) }))
  .then((outcome) => globalThis.reportOutcome(outcome));
`;

async function openAndWait(browser: Browser, url: string, timeout: number): Promise<unknown> {
  const context = await browser.newContext();
  const printed: string[] = [];
  try {
    const page = await context.newPage();
    let done: (outcome: Outcome) => void = () => undefined;
    const outcome = new Promise<Outcome>((resolveOutcome) => {
      done = resolveOutcome;
    });
    const failWith = (error: string): void => done({ error });
    // Finished before the time starts: a page that is closed while this goes on throws where nobody can catch it.
    await page.exposeFunction("reportOutcome", (reported: Outcome) => done(reported));
    page.on("console", (message) => printed.push(`${message.type()}: ${message.text()}`));
    page.on("pageerror", (error) => failWith(error.stack ?? error.message));
    page.on("crash", () => failWith("the page crashed"));
    setTimeout(failWith, timeout, `the page was not through after ${timeout} ms`).unref();
    void page.goto(url).catch((error: unknown) => failWith(String(error)));
    const result = await outcome;
    if ("value" in result) return result.value;
    throw new Error([result.error, ...(printed.length > 0 ? ["The page printed:", ...printed] : [])].join("\n"));
  } finally {
    await context.close();
  }
}

/**
 * Runs a module in a page of a real browser: bundled with Vite, served over HTTP.
 *
 * @param entry - path of a TypeScript module whose default export is a function without parameters, which may be asynchronous
 * @param options - see {@link RunInPageOptions}
 * @returns what that function returned, which must be plain data
 * @throws Error with the page's own error and all that it printed, when the module fails, the page throws anywhere, or time is up
 */
export async function runInPage<Result>(entry: string, options: RunInPageOptions = {}): Promise<Result> {
  const { headers, files = {}, timeout = 20_000 } = options;
  const temporary = await mkdtemp(join(tmpdir(), "opt-harness-"));
  const harness = join(temporary, "harness.js");
  await writeFile(harness, harnessOf(resolve(entry)));
  const bundle = await bundlePage(harness);
  await Promise.all(Object.entries(files).map(([name, content]) => writeFile(join(bundle.folder, name), content)));
  const server = await serveFolder(bundle.folder, headers);
  const browser = options.browser ?? (await launchBrowser());
  try {
    return (await openAndWait(browser, server.url, timeout)) as Result;
  } finally {
    if (options.browser === undefined) await browser.close();
    await Promise.all([server.close(), bundle.remove(), rm(temporary, { recursive: true })]);
  }
}
