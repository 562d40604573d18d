import { median } from 'simple-statistics';
import { formatBytes, formatRate } from '../units/format.ts';
import { renderMarkdownTable, renderTableWithin, type Column } from '../report/table.ts';
import type { CalibrationRow, CalibrationVerdict, Finding } from './finding.ts';

const COLUMNS: readonly Column[] = [
  { head: 'knob' },
  { head: 'setting', wraps: true },
  { head: 'configured', align: 'right', rank: 1 },
  { head: 'measured', align: 'right', rank: 0 },
  { head: 'error', align: 'right' },
  { head: 'tolerance', align: 'right', rank: 2 },
  { head: 'verdict' },
  { head: 'note', wraps: true },
];

/** No trailing newline. On a terminal the table is no wider than that many columns. */
export function renderCalibration(
  rows: readonly CalibrationRow[],
  form: 'terminal' | 'markdown',
  columns = Infinity,
): string {
  return form === 'terminal'
    ? renderTableWithin(COLUMNS, rows.map(cells), columns)
    : renderMarkdownTable(COLUMNS, rows.map(cells));
}

/** `58 pass, 1 inconclusive`. */
export function countVerdicts(rows: readonly CalibrationRow[]): string {
  const order: readonly CalibrationVerdict[] = ['pass', 'fail', 'inconclusive', 'not available'];
  return order
    .map((verdict) => ({ verdict, count: rows.filter((row) => row.verdict === verdict).length }))
    .filter(({ count }) => count > 0)
    .map(({ verdict, count }) => `${count} ${verdict}`)
    .join(', ');
}

/** How the host behaved over all rows, in a line. */
export function describeHost(rows: readonly CalibrationRow[]): string {
  const readings = rows.flatMap(({ host }) => host ?? []);
  if (readings.length === 0) return 'the host was not watched';
  const others = readings.map(({ othersCpuShare }) => othersCpuShare * 100);
  const p99 = Math.max(...readings.map(({ loopDelayP99Ms }) => loopDelayP99Ms));
  const longest = Math.max(...readings.map(({ loopDelayMaxMs }) => loopDelayMaxMs));
  return (
    `other programs used ${median(others).toFixed(0)} % of the processors in the median and ` +
    `${Math.max(...others).toFixed(0)} % at most; event-loop delay up to ${p99.toFixed(1)} ms at the 99th ` +
    `percentile and ${longest.toFixed(1)} ms at most`
  );
}

function cells(row: CalibrationRow): string[] {
  const { knob, setting, configured, measured, verdict, note } = row;
  return [
    knob,
    setting,
    quantity(configured, row.unit),
    quantity(measured, row.unit),
    error(row.error, row.errorUnit),
    tolerance(row),
    verdict,
    note,
  ];
}

function quantity(value: number, unit: Finding['unit']): string {
  if (!Number.isFinite(value)) return '–';
  switch (unit) {
    case 'bytes/s':
      return formatRate(value);
    case 'bytes':
      return formatBytes(Math.round(value));
    case 'ms':
      return `${value.toFixed(2)} ms`;
    case 'share':
      return `${(value * 100).toFixed(2)} %`;
    case 'count':
      return String(Math.round(value));
  }
}

function error(value: number, unit: Finding['errorUnit']): string {
  if (!Number.isFinite(value)) return '–';
  switch (unit) {
    case '%':
      return `${value.toFixed(2)} %`;
    case 'ms':
      return `${value.toFixed(2)} ms`;
    case 'p':
      return `p = ${value < 0.0001 ? value.toExponential(0) : value.toFixed(4)}`;
    case 'slices':
      return `${value.toFixed(2)} slices`;
    case 'count':
      return String(value);
  }
}

function tolerance({ tolerance: most, errorUnit, isUpperLimit, slicePercent }: CalibrationRow): string {
  if (!Number.isFinite(most)) return '–';
  const sign = isUpperLimit ? '≤' : '±';
  switch (errorUnit) {
    case '%':
      return `${sign} ${most} %${slicePercent === undefined ? '' : ` + 1 slice (${slicePercent.toFixed(1)} %)`}`;
    case 'ms':
      return `${sign} ${most} ms`;
    case 'p':
      return `p ≥ ${most}`;
    case 'slices':
      return `${sign} ${most} slice${most === 1 ? '' : 's'}`;
    case 'count':
      return `${sign} ${most}`;
  }
}
