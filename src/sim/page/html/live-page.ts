/** What a browser opens while a run goes on: a line of news above the report as it is now. */
import { contentPolicy } from './frame.ts';
import { markup, scriptElement, scriptText } from './markup.ts';

const style = `
:root { color-scheme: light dark; --bar: #1c2430; --ink: #ffffff; --line: #8795a8; }
body { margin: 0; display: flex; flex-direction: column; height: 100vh; font: 1rem/1.4 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif; }
header { display: flex; flex-wrap: wrap; gap: .25rem 1rem; align-items: center; justify-content: space-between; background: var(--bar); color: var(--ink); padding: .5rem 1.25rem; font-variant-numeric: tabular-nums; }
h1 { font-size: 1rem; margin: 0; }
#news { flex: 1 1 16rem; margin: 0; min-height: 1.4em; }
button { font: inherit; font-size: .875rem; color: var(--ink); background: none; border: 1px solid var(--line); border-radius: 6px; padding: .25rem .75rem; cursor: pointer; }
button[aria-pressed=true] { background: var(--ink); color: var(--bar); }
main { position: relative; flex: 1; }
iframe { position: absolute; inset: 0; width: 100%; height: 100%; border: 0; }
iframe.next { visibility: hidden; }
`;

/** @param script the browser's code of live pages */
export function renderLivePage(scenario: string, script: string): string {
  const code = scriptText(script);
  const policy = contentPolicy(code, 'img-src data:', "connect-src 'self'", "frame-src 'self'");
  return markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${{ html: policy }}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="data:,">
<title>${scenario}</title>
<style>${{ html: style }}</style>
</head>
<body>
<header>
<h1>${scenario}</h1>
<p id="news" role="status">The run is being prepared.</p>
<button id="pause" type="button" aria-pressed="false">Keep this view</button>
</header>
<main id="reports"></main>
${scriptElement(code)}
</body>
</html>
`.html;
}
