import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join, normalize } from "node:path";

/** Response headers by name. */
export type Headers = Readonly<Record<string, string>>;

/** A folder on a local port. */
export interface FolderServer {
  /** Where it is, with a slash at the end. */
  readonly url: string;
  /** Stops serving. */
  close(): Promise<void>;
}

const CONTENT_TYPES: Headers = {
  ".css": "text/css",
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".json": "application/json",
  ".map": "application/json",
  ".svg": "image/svg+xml",
  ".wasm": "application/wasm",
};

/**
 * Serves a folder over HTTP, to this machine only and on a port that is free.
 *
 * @param folder - its `index.html` answers for `/`
 * @param headers - sent with every file, such as a content security policy
 * @returns the running server; whoever started it closes it
 */
export async function serveFolder(folder: string, headers: Headers = {}): Promise<FolderServer> {
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? "/", "http://localhost");
    // A normalized absolute path cannot climb out of the folder.
    const path = join(folder, normalize(decodeURIComponent(pathname.endsWith("/") ? `${pathname}index.html` : pathname)));
    readFile(path).then(
      (content) => response.writeHead(200, { "Content-Type": CONTENT_TYPES[extname(path)] ?? "application/octet-stream", ...headers }).end(content),
      // Browsers ask for an icon whether the page names one or not, and print an error where there is none.
      () => response.writeHead(pathname === "/favicon.ico" ? 204 : 404).end(),
    );
  });
  await new Promise<void>((resolve, reject) => server.once("error", reject).listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        // The browser keeps connections open that nobody needs any more.
        server.closeAllConnections();
      }),
  };
}
