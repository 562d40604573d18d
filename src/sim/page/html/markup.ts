/** HTML in which nothing that a user has named can be anything but text. */
import { printable } from '../../../core/printable.ts';

/** HTML that is safe to put into a page. */
export interface Markup {
  readonly html: string;
}

type Part = string | number | Markup | readonly Part[];

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Text stands in it as text; only what is `Markup` itself is taken as it is. */
export function markup(pieces: TemplateStringsArray, ...parts: readonly Part[]): Markup {
  return { html: pieces.reduce((html, piece, at) => html + rendered(parts[at - 1]!) + piece) };
}

function rendered(part: Part): string {
  if (typeof part === 'string') return printable(part).replaceAll(/[&<>"']/g, (sign) => ENTITIES[sign]!);
  if (typeof part === 'number') return String(part);
  return isMarkup(part) ? part.html : part.map(rendered).join('');
}

function isMarkup(part: Markup | readonly Part[]): part is Markup {
  return 'html' in part;
}

export const nothing: Markup = { html: '' };

/** Nothing where there are no items. */
export function list(items: readonly (string | Markup)[]): Markup {
  return items.length === 0 ? nothing : markup`<ul>${items.map((item) => markup`<li>${item}</li>`)}</ul>`;
}

/** Options, and numbers with their units: a line that ends within one is hard to read. */
const UNBROKEN = /(--[a-z][a-z-]*|\d (?:%|×|[µm]?s|min|h|[KMGT]iB|[kMGT]?B|[kMGT]?bit\/s)(?![\w/]))/;

/** A sentence whose options and quantities stay on one line. */
export function prose(text: string): Markup {
  const parts = text.split(UNBROKEN).map((part, at) => (at % 2 === 1 ? unbroken(part) : part));
  return markup`${parts}`;
}

function unbroken(part: string): string | Markup {
  return part.startsWith('--') ? markup`<span class="option">${part}</span>` : part.replace(' ', '\u00a0');
}

/** Nothing where there is no text. */
export function paragraph(text: string): Markup {
  return text === '' ? nothing : markup`<p>${text}</p>`;
}

/** Data for a script of the page: no text in it can end the element that it stands in. */
export function dataElement(id: string, data: unknown): Markup {
  const json = JSON.stringify(data, (_, value: unknown) =>
    typeof value === 'string' ? printable(value) : value,
  );
  return { html: `<script type="application/json" id="${id}">${json.replaceAll('<', '\\u003c')}</script>` };
}

/** Not by `markup`: a bundler takes a tagged template apart that has the end of a script in it. */
export function scriptElement(code: string): Markup {
  return { html: `<script>${code}</script>` };
}

/** The text of a script as it can stand in a page, which means the same. */
export function scriptText(script: string): string {
  return script.replaceAll(/<(?=\/script|!--|script)/gi, '\\x3c');
}
