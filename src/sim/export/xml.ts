/** As much of XML as JUnit reports need. */
import { printable } from '../../core/printable.ts';

export type Attributes = Readonly<Record<string, string | number>>;

/** An element on lines of its own, its children indented. Control characters, which XML forbids, are shown as signs. */
export function element(name: string, attributes: Attributes, children: readonly string[] = []): string {
  const written = Object.entries(attributes)
    .map(([key, value]) => ` ${key}="${escaped(String(value))}"`)
    .join('');
  if (children.length === 0) return `<${name}${written}/>`;
  const inner = children.map((child) => child.replaceAll(/^/gm, '  ')).join('\n');
  return `<${name}${written}>\n${inner}\n</${name}>`;
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\n': '&#10;',
  '\t': '&#9;',
};

function escaped(text: string): string {
  return printable(text.replaceAll(/[\p{Surrogate}\uFFFE\uFFFF]/gu, '\uFFFD')).replaceAll(
    /[&<>"\n\t]/g,
    (sign) => ENTITIES[sign]!,
  );
}
