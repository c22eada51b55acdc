const ENTITIES: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };

/** Makes any text safe inside an element or a quoted attribute. */
export function escapeHtml(text: string): string {
  return text.replaceAll(/[&<>"']/gu, (character) => ENTITIES[character] ?? character);
}

/** How many series colors the style sheet defines. */
const SERIES_COUNT = 9;

/** How the style sheet names the color of the series at this position. */
export function seriesColor(index: number): string {
  return `var(--series-${String(index % SERIES_COUNT)})`;
}

/** The names of the series of a figure, each beside its color. */
export function legendMarkup(names: readonly string[]): string {
  const entries = names.map((name, index) => `<li style="--series:${seriesColor(index)}"><span class="key"></span>${escapeHtml(name)}</li>`);
  return `<ul class="legend">${entries.join("")}</ul>`;
}
