import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";

/** What Chromium and its descendants are called on the PATH, the plainest first. */
const NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
/** Where macOS keeps them. */
const APPLICATIONS = ["Chromium", "Google Chrome"].map((name) => `/Applications/${name}.app/Contents/MacOS/${name}`);

/**
 * Looks for Chromium: first what `CHROMIUM_PATH` names, then the usual names on the PATH.
 *
 * @returns the program's path; undefined where none is installed, so that a test can skip itself
 */
export function findBrowser(): string | undefined {
  const { CHROMIUM_PATH, PATH = "" } = process.env;
  const onPath = NAMES.flatMap((name) => PATH.split(delimiter).map((folder) => join(folder, name)));
  return [...(CHROMIUM_PATH === undefined ? [] : [CHROMIUM_PATH]), ...onPath, ...APPLICATIONS].find((path) => existsSync(path));
}
