/** The table of papers, for the terminal and as Markdown. */
import { renderMarkdownTable, renderTableWithin, type Column } from '../report/table.ts';
import { formatMetric, NO_DATA } from '../units/format.ts';
import type { Paper } from './paper.ts';
import type { PaperRow, PaperVerdict } from './paper-row.ts';

const COLUMNS: readonly Column[] = [
  { head: 'case' },
  { head: 'figure', wraps: true },
  { head: 'published', align: 'right' },
  { head: 'measured', align: 'right' },
  { head: 'difference', align: 'right' },
  { head: 'agrees from … to', align: 'right', rank: 1 },
  { head: 'seeds', align: 'right', rank: 2 },
  { head: 'verdict' },
];

/** A heading and a table for each paper. No trailing newline. On a terminal it is no wider than that many columns. */
export function renderPapers(
  rows: readonly PaperRow[],
  papers: readonly Paper[],
  form: 'terminal' | 'markdown',
  columns = Infinity,
): string {
  return papers
    .flatMap(({ name, authors, claim }) => {
      const own = rows.filter(({ paper }) => paper === name).map(cells);
      if (own.length === 0) return [];
      return form === 'terminal'
        ? [`${name}: ${authors}\n${claim}\n\n${renderTableWithin(COLUMNS, own, columns)}`]
        : [`### ${name}\n\n${authors}: ${claim}\n\n${renderMarkdownTable(COLUMNS, own)}`];
    })
    .join('\n\n');
}

/** `58 agree, 2 differ`. */
export function countPaperVerdicts(rows: readonly PaperRow[]): string {
  const words: Readonly<Record<PaperVerdict, string>> = {
    agrees: 'agree',
    unclear: 'unclear',
    differs: 'differ',
    'no data': 'without data',
    shown: 'shown beside them',
  };
  return Object.entries(words)
    .map(([verdict, word]) => ({ word, count: rows.filter((row) => row.verdict === verdict).length }))
    .filter(({ count }) => count > 0)
    .map(({ word, count }) => `${count} ${word}`)
    .join(', ');
}

function cells(row: PaperRow): string[] {
  const { published, measured, difference, unit, verdict, values } = row;
  return [
    row.case,
    row.figure,
    typeof published === 'string' ? published : formatMetric(published, unit),
    measured === null ? NO_DATA : withInterval(measured.mean, measured.ci95, row),
    difference === null ? NO_DATA : signedPercent(difference),
    range(row),
    String(values.length),
    verdict,
  ];
}

function withInterval(mean: number, half: number | null, { unit }: PaperRow): string {
  const text = formatMetric(mean, unit);
  return half === null ? text : `${text} ± ${formatMetric(half, unit)}`;
}

function signedPercent(share: number): string {
  const percent = share * 100;
  const digits = Math.abs(percent) < 9.95 ? 1 : 0;
  return `${percent < 0 ? '−' : '+'}${Math.abs(percent).toFixed(digits)} %`;
}

function range({ least, most, unit }: PaperRow): string {
  if (most === null && least === null) return NO_DATA;
  if (most === null) return `from ${formatMetric(least, unit)}`;
  if (least === null) return `to ${formatMetric(most, unit)}`;
  return `${formatMetric(least, unit)} … ${formatMetric(most, unit)}`;
}
