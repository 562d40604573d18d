/** What a second plan has that the first has not, and the other way round. */
import type { Row, Section } from './section.ts';

/** Only rows that differ, each cell as `up 1 Mbit/s → 4 Mbit/s`. The sections are those of the same kinds of plans. */
export function differences(first: readonly Section[], second: readonly Section[]): Section {
  const rows = second.flatMap((section, at) => sectionDifferences(first[at]!, section));
  return { head: 'what', heads: ['is different'], rows };
}

function sectionDifferences(first: Section, second: Section): Row[] {
  const before = byName(first);
  const after = byName(second);
  const usual = new Map(second.heads.map((head, at) => [head, second.usual?.[at] ?? '']));
  const names = [...new Set([...before.keys(), ...after.keys()])];
  return names.flatMap((name) => {
    const text = difference(before.get(name), after.get(name), usual);
    return text === '' ? [] : [{ name, cells: [text] }];
  });
}

type Cells = ReadonlyMap<string, string>;

function difference(before: Cells | undefined, after: Cells | undefined, usual: Cells): string {
  if (after === undefined) return 'not there';
  const heads = [...after.keys()];
  const labelled = (head: string, text: string) => (head === '' ? text : `${head} ${text}`);
  if (before === undefined) {
    const told = heads.filter((head) => after.get(head) !== usual.get(head));
    return `added: ${told.map((head) => labelled(head, inLine(after.get(head)!))).join(', ')}`;
  }
  return heads
    .filter((head) => before.get(head) !== after.get(head))
    .map((head) => labelled(head, changed(inLine(before.get(head) ?? '-'), inLine(after.get(head)!))))
    .join('\n');
}

/** Of a list with as many parts as before, only those that are others. */
function changed(before: string, after: string): string {
  const [old, parts] = [before.split(', '), after.split(', ')];
  if (old.length !== parts.length) return `${before} → ${after}`;
  return parts.flatMap((part, at) => (part === old[at] ? [] : [`${old[at]!} → ${part}`])).join(', ');
}

/** Several rows of one name, such as thresholds, count as one. */
function byName({ heads, rows }: Section): Map<string, Cells> {
  const named = new Map<string, Map<string, string>>();
  for (const { name, cells } of rows) {
    const known = named.get(name) ?? new Map<string, string>();
    for (const [at, head] of heads.entries()) {
      const earlier = known.get(head);
      known.set(head, earlier === undefined ? cells[at]! : `${earlier}\n${cells[at]!}`);
    }
    named.set(name, known);
  }
  return named;
}

function inLine(text: string): string {
  return text.replaceAll('\n', '; ');
}
