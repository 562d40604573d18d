/** The formats in which saved runs and experiments are handed to other programs, and their files. */
import { dirname, join } from 'node:path';
import { ConfigError } from '../../core/errors.ts';
import { experimentOf } from '../experiment/load-saved.ts';
import type { Saved } from '../experiment/read-saved.ts';
import { renderTableCsv } from '../report/csv.ts';
import { runsTable } from '../report/experiment/runs-table.ts';
import { flowsTable, peersTable, timelineTable, type Table } from '../report/tables.ts';
import type { ExportFormat } from './format-names.ts';
import { renderJsonLines } from './json-lines.ts';
import { renderJUnit } from './junit.ts';
import { renderOpenMetrics } from './open-metrics.ts';
import { renderParquet } from './parquet.ts';
import { renderTrace } from './perfetto.ts';

/** A file to be written: whole, or in pieces where it is long. */
export interface ExportFile {
  readonly name: string;
  readonly content: string | Uint8Array | Iterable<string>;
}

/** @throws {ConfigError} there is no such form of what was saved, or what it is made of is missing */
export async function exportFiles(saved: Saved, format: ExportFormat): Promise<ExportFile[]> {
  switch (format) {
    case 'csv':
      return tablesOf(saved).map((table) => ({ name: `${table.name}.csv`, content: renderTableCsv(table) }));
    case 'jsonl':
      return tablesOf(saved).map((table) => ({
        name: `${table.name}.jsonl`,
        content: renderJsonLines(table),
      }));
    case 'parquet':
      return Promise.all(
        tablesOf(saved).map(async (table) => ({
          name: `${table.name}.parquet`,
          content: await renderParquet(table),
        })),
      );
    case 'openmetrics':
      return [{ name: 'metrics.txt', content: renderOpenMetrics(requireRun(saved, format).result) }];
    case 'junit':
      return [{ name: 'junit.xml', content: renderJUnit(asExperiment(saved)) }];
    case 'perfetto': {
      const { result, file } = requireRun(saved, format);
      return [{ name: 'trace.json', content: renderTrace(result, join(dirname(file), 'events.jsonl')) }];
    }
  }
}

/** Whether what was saved can be exported so. */
export function canExport({ kind }: Saved, format: ExportFormat): boolean {
  return kind === 'run' || (format !== 'openmetrics' && format !== 'perfetto');
}

function tablesOf(saved: Saved): Table[] {
  if (saved.kind === 'experiment') return [runsTable(saved.experiment)];
  const { result } = saved;
  return [peersTable(result), timelineTable(result), flowsTable(result)];
}

function asExperiment(saved: Saved) {
  return saved.kind === 'experiment' ? saved.experiment : experimentOf([saved]);
}

function requireRun(saved: Saved, format: ExportFormat): Extract<Saved, { readonly kind: 'run' }> {
  if (saved.kind === 'run') return saved;
  const [run] = saved.experiment.runs;
  const example = run === undefined ? '' : `, for example ${join(dirname(saved.file), run.folder)}`;
  throw new ConfigError(
    `${saved.file} is an experiment, but ${format} is of a single run; give one of its runs${example}`,
  );
}
