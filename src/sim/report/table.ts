/** Plain tables for the terminal (a line under the head, two blanks between columns) and for Markdown. */
import CliTable from 'cli-table3';
import { escapeMarkdown } from './escape-markdown.ts';

export type Align = 'left' | 'right';

export interface Column {
  readonly head: string;
  readonly align?: Align;
  /** In Markdown, its cells are markup, not text. */
  readonly isMarkup?: boolean;
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
