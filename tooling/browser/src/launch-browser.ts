import { chromium } from "playwright-core";
import type { Browser } from "playwright-core";
import { findBrowser } from "./find-browser.ts";

/** WebGPU and WebGL2 computed by SwiftShader, on the CPU: they are there whatever machine the test runs on. */
const FLAGS = [
  // The sandbox refuses to start for root, as which tests run in containers.
  "--no-sandbox",
  "--enable-unsafe-webgpu",
  "--enable-features=Vulkan",
  "--use-angle=swiftshader",
  "--use-webgpu-adapter=swiftshader",
  "--enable-unsafe-swiftshader",
];

/**
 * Starts the headless Chromium of the machine, with WebGPU and WebGL2.
 *
 * @returns the browser; whoever started it closes it
 * @throws Error where {@link findBrowser} finds none
 */
export async function launchBrowser(): Promise<Browser> {
  const executablePath = findBrowser();
  if (executablePath === undefined) throw new Error("No Chromium was found: install it, or name it in CHROMIUM_PATH.");
  return chromium.launch({ executablePath, args: FLAGS });
}
