import { bucketize } from "../../series.ts";

const NAMESPACE = "http://www.w3.org/2000/svg";
/** Room for the labels around the curve, in pixels. */
const MARGIN = { top: 8, right: 10, bottom: 24, left: 44 };
/** Pixels for each stretch of steps that the curve is reduced to. */
const PIXELS_PER_BUCKET = 2.5;
/** Losses of the first picture: decades are added when a loss falls out of it. */
const FIRST_RANGE = [0.1, 10] as const;
const STEP_TICKS = 5;

/** A loss curve that grows. */
export interface LossChart {
  /** Draws the losses of all steps so far, of the number of steps that the axis shows. */
  draw(losses: readonly number[], totalSteps: number): void;
}

type Attributes = Readonly<Record<string, string | number>>;

function element(name: string, attributes: Attributes, text = ""): SVGElement {
  const created = document.createElementNS(NAMESPACE, name);
  for (const [key, value] of Object.entries(attributes)) created.setAttribute(key, String(value));
  created.textContent = text;
  return created;
}

/** Whole decades that hold the losses. */
function decades(losses: readonly number[]): [number, number] {
  const [low, high] = FIRST_RANGE;
  return [Math.floor(Math.log10(Math.min(low, ...losses))), Math.ceil(Math.log10(Math.max(high, ...losses)))];
}

/** Steps at the ticks of the axis: round numbers, about {@link STEP_TICKS} of them. */
function stepTicks(total: number): number[] {
  const rough = total / STEP_TICKS;
  const power = 10 ** Math.floor(Math.log10(rough));
  const distance = Math.max(1, power * ([1, 2, 5, 10].find((factor) => factor * power >= rough) ?? 10));
  return Array.from({ length: Math.floor(total / distance) + 1 }, (_, index) => index * distance);
}

/**
 * Makes a loss curve on a logarithmic axis: the mean of each stretch of steps, and behind it their range. Colors and fonts come
 * from the style sheet.
 *
 * @param container - what it fills, and whose size it follows
 */
export function makeLossChart(container: HTMLElement): LossChart {
  const svg = element("svg", { "aria-hidden": "true" });
  container.append(svg);
  let latest: Parameters<LossChart["draw"]> = [[], 1];

  function draw(losses: readonly number[], totalSteps: number): void {
    latest = [losses, totalSteps];
    const { width, height } = container.getBoundingClientRect();
    const buckets = bucketize(losses, Math.max(1, Math.floor(width / PIXELS_PER_BUCKET))).filter(({ low }) => low > 0);
    const [bottom, top] = decades(buckets.flatMap(({ low, high }) => [low, high]));
    const x = (step: number): number => MARGIN.left + (step / totalSteps) * (width - MARGIN.left - MARGIN.right);
    const y = (loss: number): number => MARGIN.top + ((top - Math.log10(loss)) / (top - bottom)) * (height - MARGIN.top - MARGIN.bottom);
    const path = (points: readonly (readonly [number, number])[]): string => points.map(([step, loss]) => `${x(step).toFixed(1)},${y(loss).toFixed(1)}`).join("L");

    const decadeLines = Array.from({ length: top - bottom + 1 }, (_, index) => 10 ** (bottom + index)).flatMap((loss) => [
      element("line", { class: "grid", x1: MARGIN.left, x2: width - MARGIN.right, y1: y(loss), y2: y(loss) }),
      element("text", { x: MARGIN.left - 8, y: y(loss) + 4, "text-anchor": "end" }, loss < 0.001 ? loss.toExponential(0) : String(Number(loss.toFixed(3)))),
    ]);
    const stepLabels = stepTicks(totalSteps).map((step) => element("text", { x: x(step), y: height - 4, "text-anchor": "middle" }, step.toLocaleString("en-US")));
    const curve =
      buckets.length === 0
        ? []
        : [
            element("path", {
              class: "range",
              d: `M${path([...buckets.map(({ step, high }) => [step, high] as const), ...buckets.toReversed().map(({ step, low }) => [step, low] as const)])}Z`,
            }),
            element("path", { class: "mean", d: `M${path(buckets.map(({ step, mean }) => [step, mean]))}` }),
          ];
    svg.replaceChildren(...decadeLines, ...stepLabels, ...curve);
  }

  new ResizeObserver(() => draw(...latest)).observe(container);
  return { draw };
}
