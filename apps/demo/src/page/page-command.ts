import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { preview } from "vite";
import { EXIT_CODES } from "../exit-codes.ts";
import type { Terminal } from "../terminal/console-style.ts";
import { CONTENT_SECURITY_POLICY, buildPage, pageConfig } from "./build-page.ts";
import type { PageOptions } from "./page-options.ts";

const FOLDER = fileURLToPath(new URL("../../dist", import.meta.url));

/** Builds the page and serves it until the signal comes. Returns the exit code. */
export async function runPageCommand(options: PageOptions, terminal: Terminal, signal: AbortSignal): Promise<number> {
  await buildPage(FOLDER);
  const server = await preview({
    ...pageConfig(FOLDER),
    preview: { ...options, headers: { "Content-Security-Policy": CONTENT_SECURITY_POLICY } },
  });
  const { local = [], network = [] } = server.resolvedUrls ?? {};
  for (const url of [...local, ...network]) terminal.write(`The page: ${terminal.bold(url)}`);
  terminal.write(terminal.dim("Ctrl-C ends the server."));
  if (!signal.aborted) await once(signal, "abort");
  await server.close();
  return EXIT_CODES.done;
}
