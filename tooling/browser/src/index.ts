export { bundlePage } from "./bundle-page.ts";
export type { BundleOptions, PageBundle } from "./bundle-page.ts";
export { findBrowser } from "./find-browser.ts";
export { launchBrowser } from "./launch-browser.ts";
export type { LaunchOptions } from "./launch-browser.ts";
export { runInPage } from "./run-in-page.ts";
export type { RunInPageOptions } from "./run-in-page.ts";
export { serveFolder } from "./serve-folder.ts";
export type { FolderServer, Headers } from "./serve-folder.ts";
