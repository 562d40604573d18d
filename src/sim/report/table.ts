/** Plain tables for the terminal (a line under the head, two blanks between columns) and for Markdown. */
import CliTable from 'cli-table3';
import stringWidth from 'string-width';
import { escapeMarkdown } from './escape-markdown.ts';
import { wrap } from './wrap.ts';

export type Align = 'left' | 'right';

export interface Column {
  readonly head: string;
  readonly align?: Align;
  /** In Markdown, its cells are markup, not text. */
  readonly isMarkup?: boolean;
  /** On a terminal that is too narrow, the column with the highest one is left out first. Default: it stays. */
  readonly rank?: number;
  /** Its cells are sentences, which may be broken at blanks. */
  readonly wraps?: boolean;
}

const BORDERLESS = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '',
  'left-mid': '',
  right: '',
  'right-mid': '',
  mid: '─',
  'mid-mid': '──',
  middle: '  ',
};

/** No trailing newline, no trailing blanks. Cells may be coloured. */
export function renderTable(columns: readonly Column[], rows: readonly (readonly string[])[]): string {
  const table = new CliTable({
    head: columns.map(({ head }) => head),
    colAligns: columns.map(({ align = 'left' }) => align),
    ...plain(),
  });
  table.push(...rows.map((row) => [...row]));
  return trimmed(table.toString());
}

const GAP = 2;
/** Sentences in narrower columns are hard to read. */
const WRAPPED_MIN = 12;

/**
 * As `renderTable`, no wider than that: columns with a rank are left out, which a last line tells, then sentences are
 * broken, then any text. What then is still too wide has words that are.
 */
export function renderTableWithin(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  width: number,
): string {
  const texts = columns.map(({ head }, at) => [head, ...rows.map((cells) => cells[at] ?? '')]);
  const widths = texts.map((cells) => Math.max(...cells.map(widest)));
  const kept = new Set(columns.keys());
  const inOrder = [...columns.keys()]
    .filter((at) => columns[at]!.rank !== undefined)
    .sort((a, b) => columns[b]!.rank! - columns[a]!.rank!);
  const sentences = [...kept].filter((at) => columns[at]!.wraps === true);
  const shrinks = (at: number): number =>
    Math.max(0, widths[at]! - Math.max(WRAPPED_MIN, ...texts[at]!.map(widestWord)));
  const excess = (): number => [...kept].reduce((sum, at) => sum + widths[at]! + GAP, -GAP) - width;
  const room = (): number => sentences.reduce((sum, at) => sum + (kept.has(at) ? shrinks(at) : 0), 0);
  while (excess() > room() && inOrder.length > 0) kept.delete(inOrder.shift()!);
  const others = [...kept].filter((at) => columns[at]!.align !== 'right' && !sentences.includes(at));
  for (const some of [sentences.filter((one) => kept.has(one)), others]) {
    // The widest first: the narrow ones are read at a glance.
    for (let over = excess(); over > 0; over--) {
      const [most] = some.filter((at) => shrinks(at) > 0).sort((a, b) => widths[b]! - widths[a]!);
      if (most === undefined) break;
      widths[most]! -= 1;
    }
  }
  const shown = [...kept].sort((a, b) => a - b);
  const text = renderTable(
    shown.map((at) => ({ ...columns[at]!, head: wrap(columns[at]!.head, widths[at]!, '') })),
    rows.map((cells) => shown.map((at) => broken(cells[at] ?? '', widths[at]!))),
  );
  const missing = columns.filter(({ head }, at) => !kept.has(at) && head !== '').map(({ head }) => head);
  return missing.length === 0
    ? text
    : `${text}\n${wrap(`… too narrow for ${missing.join(', ')}`, width, '  ')}`;
}

function broken(cell: string, width: number): string {
  const lines = cell.split('\n');
  return lines.map((line) => (stringWidth(line) <= width ? line : wrap(line, width, ''))).join('\n');
}

function widest(text: string): number {
  return Math.max(...text.split('\n').map((line) => stringWidth(line)));
}

function widestWord(text: string): number {
  return Math.max(...text.split(/\s/).map((word) => stringWidth(word)));
}

/** Rows without a head. */
export function renderGrid(rows: readonly (readonly string[])[], aligns: readonly Align[]): string {
  const table = new CliTable({ colAligns: [...aligns], ...plain() });
  table.push(...rows.map((row) => [...row]));
  return trimmed(table.toString());
}

/** Cells are text: what Markdown would take for markup is escaped. */
export function renderMarkdownTable(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [
    line(columns.map(({ head }) => markdownCell(head))),
    `| ${columns.map(({ align }) => (align === 'right' ? '--:' : '---')).join(' | ')} |`,
    ...rows.map((cells) => line(cells.map((cell, i) => markdownCell(cell, columns[i]?.isMarkup)))),
  ].join('\n');
}

function markdownCell(text: string, isMarkup = false): string {
  const line = text.replaceAll(/\s*\n\s*/g, ' ');
  return isMarkup ? line.replaceAll('|', '\\|') : escapeMarkdown(line);
}

function plain() {
  return {
    chars: BORDERLESS,
    style: { head: [], border: [], compact: true, 'padding-left': 0, 'padding-right': 0 },
  };
}

function trimmed(text: string): string {
  return text
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n');
}
