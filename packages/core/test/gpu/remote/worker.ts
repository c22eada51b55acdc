import { workerData } from "node:worker_threads";
import type { MessagePort } from "node:worker_threads";
import { bundlePage, launchBrowser, serveFolder } from "@opt/browser";
import { writeFile, mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { RunRequest } from "./protocol.ts";

/** What the program's thread hands over: a port for messages, and a word that wakes it. */
const { port, signal, page: pageFile } = workerData as { readonly port: MessagePort; readonly signal: Int32Array; readonly page: string };

const folder = await mkdtemp(join(tmpdir(), "opt-remote-"));
const harness = join(folder, "harness.js");
await writeFile(harness, `import(${JSON.stringify(pageFile)}).then((module) => module.default());`);
const bundle = await bundlePage(harness);
const server = await serveFolder(bundle.folder);
const browser = await launchBrowser();
const page = await browser.newPage();
const ready = new Promise<void>((resolve) => { void page.exposeFunction("ready", () => { resolve(); }).then(() => page.goto(server.url)); });
await ready;
port.on("message", (request: RunRequest) => {
  void page.evaluate((own) => (globalThis as unknown as { runPlan: (request: unknown) => unknown }).runPlan(own), request as unknown).then(
    (result) => { port.postMessage(result); },
    (error: unknown) => { port.postMessage({ error: String(error) }); },
  ).finally(() => {
    Atomics.add(signal, 0, 1);
    Atomics.notify(signal, 0);
  });
});
Atomics.add(signal, 0, 1);
Atomics.notify(signal, 0);
