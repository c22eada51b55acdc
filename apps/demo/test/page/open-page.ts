import type { Browser, Page } from "playwright-core";
import type { BackendName } from "../../src/page/browser/protocol.ts";

/** The page in a browser, as a person sees and uses it. */
export interface OpenPage {
  readonly page: Page;
  /** All that went wrong unseen: what was printed, errors nobody caught, breaches of the content security policy. */
  readonly complaints: readonly string[];
  /** Fills in the settings and clicks Start. */
  readonly start: (backend: BackendName, settings?: { readonly epochs?: number }) => Promise<void>;
  readonly click: (button: "Start" | "Pause" | "Resume" | "Stop") => Promise<void>;
  /** The text of the element with this id. */
  readonly text: (id: string) => Promise<string>;
  /** The first number of that text; NaN for none. */
  readonly number: (id: string) => Promise<number>;
  /** How far things moved by themselves, as browsers measure it. */
  readonly layoutShift: () => Promise<number>;
  readonly close: () => Promise<void>;
}

/** Two steps an epoch: few digits are drawn soon, and SwiftShader takes most of a second for one step. */
const DIGITS = 256;
const LABELS: Readonly<Record<BackendName, string>> = { gpu: "GPU, automatic", webgpu: "WebGPU", webgl2: "WebGL2", cpu: "CPU" };

/** Opens the page in a window of its own. */
export async function openPage(browser: Browser, url: string): Promise<OpenPage> {
  const context = await browser.newContext({ viewport: { width: 1120, height: 900 } });
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on("console", (message) => complaints.push(`${message.type()}: ${message.text()}`));
  page.on("pageerror", ({ message }) => complaints.push(message));
  await page.addInitScript(() => {
    new PerformanceObserver((list) => {
      const shifts = list.getEntries() as (PerformanceEntry & { readonly value: number })[];
      const { dataset } = document.documentElement;
      dataset["shift"] = String(Number(dataset["shift"] ?? 0) + shifts.reduce((sum, { value }) => sum + value, 0));
    }).observe({ type: "layout-shift", buffered: true });
  });
  await page.goto(url);

  const click: OpenPage["click"] = (button) => page.getByRole("button", { name: button, exact: true }).click();
  const text = (id: string): Promise<string> => page.locator(`#${id}`).innerText();
  return {
    page,
    complaints,
    start: async (backend, { epochs = 5 } = {}) => {
      await page.getByRole("radio", { name: LABELS[backend], exact: true }).check();
      await page.getByRole("spinbutton", { name: "Epochs" }).fill(String(epochs));
      await page.getByLabel("Digits to draw").fill(String(DIGITS));
      await click("Start");
    },
    click,
    text,
    number: async (id) => Number.parseFloat((await text(id)).replaceAll(",", "")),
    layoutShift: async () => Number((await page.locator("html").getAttribute("data-shift")) ?? 0),
    close: () => context.close(),
  };
}
