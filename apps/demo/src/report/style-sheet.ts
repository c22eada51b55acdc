/** The look of every report: light and dark follow the reader's system, one column on narrow screens. */
export const STYLE_SHEET = `
:root {
  color-scheme: light dark;
  --page: #f6f7f9; --card: #ffffff; --ink: #1b2430; --soft: #5c6878; --line: #dfe3e9; --accent: #2463c9;
  --wrong: #c0322b; --right: #1d7a46; --note: #fff4d6; --note-ink: #6b4a00;
  --series-0: #2a6fdb; --series-1: #d9731a; --series-2: #0f9d6b; --series-3: #8b46d6;
  --series-4: #d1345b; --series-5: #0a93a8; --series-6: #7a6a1f; --series-7: #5b6675; --series-8: #a0522d;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #11151b; --card: #1a2029; --ink: #e8ecf2; --soft: #9aa7b8; --line: #2d3643; --accent: #7db0ff;
    --wrong: #ff8a80; --right: #6fd39a; --note: #3a2f12; --note-ink: #ffdf94;
    --series-0: #6ba5ff; --series-1: #ffa552; --series-2: #4cd6a3; --series-3: #bd8dff;
    --series-4: #ff7a9c; --series-5: #4fd0e3; --series-6: #d6c25e; --series-7: #a9b5c5; --series-8: #d9a98c;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0; background: var(--page); color: var(--ink);
  font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif;
  font-variant-numeric: tabular-nums;
}
main { max-width: 1120px; margin: 0 auto; padding: 40px 24px 56px; }
h1 { font-size: 2rem; line-height: 1.2; margin: 0 0 6px; letter-spacing: -0.02em; text-wrap: balance; }
h2 { font-size: 1.15rem; margin: 0; letter-spacing: -0.01em; }
h3 { font-size: 1rem; margin: 0 0 12px; display: flex; flex-wrap: wrap; align-items: baseline; gap: 4px 8px; }
small { font-weight: 400; color: var(--soft); font-size: 0.85rem; }
header p { margin: 0; color: var(--soft); max-width: 68ch; }
code { font: 0.88em ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; overflow-wrap: anywhere; }
.note { background: var(--note); color: var(--note-ink); border-radius: 10px; padding: 12px 16px; margin: 20px 0 0; }
.note p { margin: 0; }
.key { display: inline-block; width: 12px; height: 12px; border-radius: 4px; background: var(--series); flex: none; align-self: center; }
.card { background: var(--card); border: 1px solid var(--line); border-radius: 14px; padding: 20px 22px; margin: 0 0 16px; }
.card > .head { display: flex; flex-wrap: wrap; gap: 8px 16px; align-items: center; justify-content: space-between; margin-bottom: 12px; }
.figures { display: grid; grid-template-columns: 1fr 1fr; gap: 16px; }
.figures .card { min-width: 0; }
.legend { display: flex; flex-wrap: wrap; gap: 4px 16px; margin: 10px 0 0; padding: 0; list-style: none; font-size: 0.88rem; }
.legend li { display: flex; gap: 6px; align-items: center; }
.plot { display: block; width: 100%; height: auto; max-width: 100%; overflow: visible; }
.narrow { display: none; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: 0.94rem; }
th, td { padding: 8px 12px; text-align: right; border-bottom: 1px solid var(--line); white-space: nowrap; }
th:first-child, td:first-child { text-align: left; padding-left: 0; }
th:last-child, td:last-child { padding-right: 0; }
th { color: var(--soft); font-weight: 500; font-size: 0.85rem; }
tbody tr:last-child td { border-bottom: 0; }
td .key { margin-right: 8px; }
dl { display: grid; grid-template-columns: repeat(auto-fill, minmax(200px, 1fr)); gap: 14px 24px; margin: 0; }
dt { color: var(--soft); font-size: 0.85rem; }
dd { margin: 0; overflow-wrap: anywhere; }
.wrong { color: var(--wrong); font-weight: 650; font-size: 0.9rem; }
.right { color: var(--right); font-weight: 650; font-size: 0.9rem; }
footer { color: var(--soft); font-size: 0.88rem; margin-top: 24px; }
footer p { margin: 0 0 4px; }
@media (max-width: 860px) { .figures { grid-template-columns: 1fr; gap: 0; } }
@media (max-width: 560px) {
  main { padding: 24px 14px 40px; }
  h1 { font-size: 1.6rem; }
  .card { padding: 16px 14px; }
  .wide { display: none; }
  .narrow { display: block; }
}
@media print { body { background: none; } .card { break-inside: avoid; } }
`;
