import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { workerData } from "node:worker_threads";
import type { MessagePort } from "node:worker_threads";
import { bundlePage, launchBrowser, serveFolder } from "@opt/browser";
import type { GpuMode } from "../../../src/gpu.ts";
import { pack } from "./message.ts";
import type { Answer } from "./protocol.ts";

/** What the program's thread hands over: a port for messages, a word that wakes it, the page's module and how it shall compute. */
const { port, signal, page: pageFile, mode } = workerData as { readonly port: MessagePort; readonly signal: Int32Array; readonly page: string; readonly mode: GpuMode };

/** What the page's module exports. Bytes are text in base64, since playwright hands over numbers one by one. */
interface PageModule {
  start(mode: GpuMode): Promise<void>;
  answer(request: string): Promise<string>;
}

function wakeProgram(): void {
  Atomics.add(signal, 0, 1);
  Atomics.notify(signal, 0);
}

function hand(answer: Uint8Array): void {
  // A copy of its own: Node's small buffers share memory.
  port.postMessage(Uint8Array.from(answer).buffer);
  wakeProgram();
}

const folder = await mkdtemp(join(tmpdir(), "opt-remote-"));
const harness = join(folder, "harness.js");
await writeFile(harness, `globalThis.remote = import(${JSON.stringify(pageFile)});`);
const bundle = await bundlePage(harness);
const server = await serveFolder(bundle.folder);
const browser = await launchBrowser();
const page = await browser.newPage();
await page.goto(server.url);
const remote = await page.evaluateHandle(() => (globalThis as unknown as { readonly remote: Promise<PageModule> }).remote);
await remote.evaluate((module, wanted) => module.start(wanted), mode);
// All is loaded.
await Promise.all([server.close(), bundle.remove(), rm(folder, { recursive: true })]);
port.on("message", (request: Uint8Array<ArrayBuffer>) => {
  remote.evaluate((module, text) => module.answer(text), Buffer.from(request.buffer).toString("base64")).then(
    (text) => { hand(Buffer.from(text, "base64")); },
    (error: unknown) => { hand(pack({ error: { message: `the page is gone: ${String(error)}`, code: undefined } } satisfies Answer, [])); },
  );
});
wakeProgram();
