/** What only the report on digits shows: result cards, the switch of the loss axis, digit images. */
export const DIGIT_STYLES = `
.results { display: grid; grid-template-columns: repeat(auto-fit, minmax(190px, 1fr)); gap: 16px; margin: 28px 0 16px; }
.result { background: var(--card); border: 1px solid var(--line); border-radius: 14px; }
.result { padding: 16px 18px; border-top: 4px solid var(--series); }
.result .name { display: flex; justify-content: space-between; gap: 8px; font-weight: 600; }
.result .badge { font-size: 0.72rem; font-weight: 600; color: var(--series); border: 1px solid; border-radius: 99px; padding: 1px 8px; align-self: center; }
.result .accuracy { font-size: 2rem; font-weight: 650; line-height: 1.25; letter-spacing: -0.02em; }
.result .details { color: var(--soft); font-size: 0.88rem; }
.switch { display: inline-flex; border: 1px solid var(--line); border-radius: 8px; overflow: hidden; font-size: 0.82rem; }
.switch label { padding: 3px 12px; cursor: pointer; color: var(--soft); }
.switch label:has(:checked) { background: var(--ink); color: var(--card); }
.switch label:has(:focus-visible) { outline: 2px solid var(--accent); outline-offset: -2px; }
.switch input { position: absolute; opacity: 0; pointer-events: none; }
.card:has(#axis-log:checked) .linear, .card:has(#axis-linear:checked) .log { display: none; }
tr.best td { font-weight: 650; }
.misread + .misread { margin-top: 24px; padding-top: 20px; border-top: 1px solid var(--line); }
.digits { display: grid; grid-template-columns: repeat(auto-fill, minmax(92px, 1fr)); gap: 10px; }
.digits figure { margin: 0; padding: 6px 4px 4px; border: 1px solid var(--line); border-radius: 10px; text-align: center; }
.digits img { display: block; margin: 0 auto; image-rendering: pixelated; }
.digits figcaption { font-size: 0.78rem; color: var(--soft); white-space: nowrap; }
@media (prefers-color-scheme: dark) { .digits img { filter: invert(1); } }
@media (max-width: 560px) {
  .results { grid-template-columns: 1fr 1fr; gap: 10px; margin-top: 20px; }
  .result { padding: 12px 14px; }
  .result .accuracy { font-size: 1.5rem; }
  .digits { grid-template-columns: repeat(auto-fill, minmax(76px, 1fr)); gap: 8px; }
  .digits figcaption { font-size: 0.72rem; }
}
@media print { .result { break-inside: avoid; } }
`;
