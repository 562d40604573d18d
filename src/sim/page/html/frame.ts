/** What every page has: no reference to anything outside of it, one style, one script, and a switch for the colours. */
import { createHash } from 'node:crypto';
import { dataElement, markup, scriptElement, scriptText, type Markup } from './markup.ts';
import { style } from './style.ts';

export interface PageContent {
  readonly title: string;
  readonly body: Markup;
  readonly data: unknown;
  readonly script: PageScript;
}

/** The browser's code, or that code with what is to stand in its place until somebody puts it there. */
export type PageScript = string | { readonly script: string; readonly mark: string };

export function renderFrame({ title, body, data, script }: PageContent): string {
  const { code, policy } = ofScript(typeof script === 'string' ? script : script.script);
  const page = markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${{ html: policy }}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title}</title>
<style>${{ html: style }}</style>
</head>
<body>
<a class="skip" href="#main">To the content</a>
${body}
${dataElement('page-data', data)}
${scriptElement(typeof script === 'string' ? code : script.mark)}
</body>
</html>
`;
  return page.html;
}

let last: { readonly script: string; readonly code: string; readonly policy: string } | undefined;

/** Pages of many runs have one script: what follows from it is made once. */
function ofScript(script: string): { readonly code: string; readonly policy: string } {
  if (last?.script !== script) {
    const code = scriptText(script);
    last = { script, code, policy: contentPolicy(code) };
  }
  return last;
}

/** Nothing but the page's own style and this script, and what else is named; as a directive each. */
export function contentPolicy(code: string, ...more: readonly string[]): string {
  const hash = createHash('sha256').update(code).digest('base64');
  const script = `script-src 'sha256-${hash}'`;
  const none = ["default-src 'none'", "base-uri 'none'", "form-action 'none'"];
  return [...none, "style-src 'unsafe-inline'", script, ...more].join('; ');
}

/** Of the colours: as the system has it, light or dark. */
export const themeSwitch = markup`<label class="theme">Colours <select id="theme"><option value="">as the system</option><option value="light">light</option><option value="dark">dark</option></select></label>`;

/** Whose code the page brings. */
export const libraries = markup`<p>Charts: Observable Plot (© Observable, Inc.) and D3 (© Mike Bostock), ISC licence. The licences of all libraries in this page stand at the head of its script.</p>`;
