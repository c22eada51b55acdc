import { chromium } from "playwright-core";
import type { Browser } from "playwright-core";
import { findBrowser } from "./find-browser.ts";

/** Options of {@link launchBrowser}. */
export interface LaunchOptions {
  /** Whether pages find WebGPU and WebGL2. Default true. */
  readonly gpu?: boolean;
}

/** The sandbox refuses to start for root, as which tests run in containers. */
const ALWAYS = ["--no-sandbox"];
/** WebGPU and WebGL2 computed by SwiftShader, on the CPU: they are there whatever machine the test runs on. */
const WITH_GPU = [
  "--enable-unsafe-webgpu",
  "--enable-features=Vulkan",
  "--use-angle=swiftshader",
  "--use-webgpu-adapter=swiftshader",
  "--enable-unsafe-swiftshader",
];
const WITHOUT_GPU = ["--disable-gpu", "--disable-software-rasterizer"];

/**
 * Starts the headless Chromium of the machine.
 *
 * @param options - see {@link LaunchOptions}
 * @returns the browser; whoever started it closes it
 * @throws Error where {@link findBrowser} finds none
 */
export async function launchBrowser({ gpu = true }: LaunchOptions = {}): Promise<Browser> {
  const executablePath = findBrowser();
  if (executablePath === undefined) throw new Error("No Chromium was found: install it, or name it in CHROMIUM_PATH.");
  return chromium.launch({ executablePath, args: [...ALWAYS, ...(gpu ? WITH_GPU : WITHOUT_GPU)] });
}
