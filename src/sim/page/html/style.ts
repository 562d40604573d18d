/** The style of the pages. Colours of groups are those of Okabe and Ito, which all eyes can tell apart, darkened or lightened for contrast. */
const light = `
  --ground: #f6f7f9; --panel: #ffffff; --ink: #1c2430; --soft: #566172; --line: #d9dee6; --grid: #e7eaef;
  --accent: #0b63b5; --good: #17713f; --warn: #8a5a00; --bad: #b3261e; --good-back: #e4f4ea; --warn-back: #fdf1d8; --bad-back: #fce8e6;
  --c0: #0072b2; --c1: #d55e00; --c2: #009e73; --c3: #b8659a; --c4: #c79400; --c5: #4aa3d8; --c6: #7a5195; --c7: #8c564b; --c8: #7d8794;`;
const dark = `
  --ground: #12161c; --panel: #1a2028; --ink: #e6eaf0; --soft: #a3aebd; --line: #333c48; --grid: #29313c;
  --accent: #62b0f5; --good: #6fd498; --warn: #f0bc55; --bad: #ff8f85; --good-back: #17331f; --warn-back: #3a2d10; --bad-back: #451c19;
  --c0: #4da3dd; --c1: #f08a3c; --c2: #35c79b; --c3: #dd93c1; --c4: #e6bb3d; --c5: #8ccbf0; --c6: #b08fd0; --c7: #c08f84; --c8: #98a3b1;`;

export const style = `
:root { ${light} color-scheme: light; }
@media (prefers-color-scheme: dark) { :root:not([data-theme=light]) { ${dark} color-scheme: dark; } }
:root[data-theme=dark] { ${dark} color-scheme: dark; }
@media print { :root:root:root { ${light} color-scheme: light; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--ink); font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif; }
.skip { position: absolute; left: -100vw; }
.skip:focus { left: 1rem; top: .5rem; background: var(--panel); padding: .25rem .75rem; z-index: 2; }
header, main, footer { max-width: 76rem; margin: 0 auto; padding: 0 1.25rem; }
header { padding-top: 1.5rem; }
.top { display: flex; flex-wrap: wrap; gap: .5rem 1.5rem; align-items: center; justify-content: space-between; color: var(--soft); font-size: .875rem; }
h1 { font-size: 1.75rem; line-height: 1.2; margin: .75rem 0 .25rem; overflow-wrap: anywhere; letter-spacing: -.01em; }
h2 { font-size: 1.25rem; margin: 2.5rem 0 .75rem; letter-spacing: -.005em; }
h3 { font-size: 1.0625rem; margin: 0 0 .25rem; }
p { margin: .25rem 0 .75rem; }
a { color: var(--accent); }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
.lead { color: var(--soft); max-width: 60rem; white-space: pre-line; }
.verdict { display: flex; flex-wrap: wrap; gap: .5rem 1rem; align-items: baseline; border-left: 6px solid var(--tone); background: var(--tone-back); padding: .75rem 1rem; border-radius: 6px; margin: 1rem 0; font-size: 1.125rem; }
.verdict strong { color: var(--tone); text-transform: uppercase; letter-spacing: .03em; }
.verdict ul { flex-basis: 100%; margin: 0; padding-left: 1.25rem; font-size: 1rem; }
.running { --tone: var(--accent); --tone-back: var(--panel); }
.pass, .trusted { --tone: var(--good); --tone-back: var(--good-back); }
.inconclusive, .doubtful { --tone: var(--warn); --tone-back: var(--warn-back); }
.fail, .untrusted { --tone: var(--bad); --tone-back: var(--bad-back); }
tr.fail td, tr.fail th { background: var(--bad-back); }
tr.inconclusive td, tr.inconclusive th { background: var(--warn-back); }
nav ul { display: flex; flex-wrap: wrap; gap: .25rem 1rem; list-style: none; padding: 0; margin: .75rem 0 0; font-size: .9375rem; }
.tiles { display: grid; grid-template-columns: repeat(4, minmax(0, 1fr)); gap: .75rem; margin: 0 0 .75rem; }
.tiles div { background: var(--panel); border: 1px solid var(--line); border-radius: 8px; padding: .625rem .875rem; }
.tiles dt { color: var(--soft); font-size: .875rem; }
.tiles dd { margin: 0; font-size: 1.375rem; font-variant-numeric: tabular-nums; font-weight: 600; }
.tiles .about { display: block; font-size: .8125rem; font-weight: 400; line-height: 1.35; color: var(--soft); }
.charts { display: grid; grid-template-columns: repeat(2, minmax(0, 1fr)); gap: 1rem; }
figure { margin: 0; background: var(--panel); border: 1px solid var(--line); border-radius: 8px; padding: 1rem 1.125rem; min-width: 0; contain: layout; }
figure.wide { grid-column: 1 / -1; }
figcaption p { color: var(--soft); font-size: .9375rem; }
.missing { color: var(--soft); font-style: italic; }
.plot svg { display: block; max-width: 100%; height: auto; overflow: visible; background: none; }
.plot rect { shape-rendering: crispEdges; }
.plot svg { --plot-background: var(--panel); }
.facet { font-weight: 600; font-size: .875rem; margin: .5rem 0 0; }
.facets { display: grid; gap: 1rem; }
.plot a circle { cursor: pointer; stroke-width: 2; }
.plot a:focus-visible circle { stroke-width: 5; }
.legend { display: flex; flex-wrap: wrap; gap: .125rem 1rem; list-style: none; margin: 0 0 .5rem; padding: 0; font-size: .875rem; color: var(--soft); overflow-wrap: anywhere; }
.legend span { display: inline-block; width: .8rem; height: .8rem; border-radius: 2px; margin-right: .375rem; vertical-align: -.06rem; }
.controls { display: flex; flex-wrap: wrap; gap: .5rem 1rem; align-items: center; margin: .25rem 0 .75rem; font-size: .875rem; color: var(--soft); }
.controls input[type=range] { flex: 1 1 12rem; min-width: 8rem; accent-color: var(--accent); height: 1.75rem; }
button, select { font: inherit; font-size: .875rem; color: var(--ink); background: var(--panel); border: 1px solid var(--soft); border-radius: 6px; padding: .25rem .75rem; min-height: 2rem; max-width: 100%; }
button { cursor: pointer; }
canvas { display: block; width: 100%; }
.status { font-variant-numeric: tabular-nums; min-height: 1.5em; }
details { margin-top: .5rem; font-size: .9375rem; }
summary { cursor: pointer; color: var(--accent); width: fit-content; }
.scroll.long { max-height: 30rem; }
.scroll { overflow: auto; border: 1px solid var(--line); border-radius: 8px; background: var(--panel); margin: .5rem 0; }
table { border-collapse: collapse; width: 100%; font-size: .9375rem; }
caption { text-align: left; color: var(--soft); padding: .375rem .75rem; font-size: .875rem; }
th, td { text-align: left; padding: .3125rem .75rem; border-top: 1px solid var(--line); vertical-align: top; font-weight: 400; }
thead th { color: var(--soft); font-size: .875rem; position: sticky; top: 0; background: var(--panel); white-space: nowrap; }
.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
.option { white-space: nowrap; }
.long { min-width: 15rem; }
.short { white-space: nowrap; }
footer { color: var(--soft); font-size: .875rem; padding-top: 2rem; padding-bottom: 3rem; overflow-wrap: anywhere; }
@media (max-width: 60rem) { .charts { grid-template-columns: minmax(0, 1fr); } .tiles { grid-template-columns: repeat(2, minmax(0, 1fr)); } }
@media (max-width: 34rem) {
  header, main, footer { padding-left: .75rem; padding-right: .75rem; }
  figure { padding: .75rem; }
  h1 { font-size: 1.4rem; }
  .tiles .about { display: none; }
}
@media print {
  body { background: none; font-size: 11pt; }
  .skip, .theme, nav, .controls, details, .on-screen { display: none; }
  header, main, footer { max-width: none; padding: 0; }
  figure, .tiles div, .verdict, tr { break-inside: avoid; }
  h2, h3 { break-after: avoid; }
  canvas { height: auto !important; }
  .scroll.long, .scroll { max-height: none; overflow: visible; border: 0; }
  .long { min-width: 0; }
  .short { white-space: normal; }
  th, td { padding: .25rem .375rem; }
  .charts { grid-template-columns: minmax(0, 1fr); }
}
`;
