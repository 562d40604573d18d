import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { experimentOfRuns, experimentRun } from '../experiment/fixture.ts';
import { measuredSmallSwarm } from '../measure/fixture.ts';
import { runsTable } from '../report/experiment/runs-table.ts';
import { flowsTable, peersTable, timelineTable } from '../report/tables.ts';
import { exportFormats } from './format-names.ts';

const documentation = readFileSync(new URL('../../../docs/analysis.md', import.meta.url), 'utf8');
const { result } = measuredSmallSwarm();
const runs = runsTable({ ...experimentOfRuns([experimentRun('a', 1, {})]), arms: [] });

/** The rows of a table of the page as it is written, but for blanks. */
function rowsOf(title: string): string[] {
  const start = documentation.indexOf(`### ${title}\n`);
  const end = documentation.indexOf('\n#', start + 1);
  const lines = documentation.slice(start, end).split('\n');
  return lines.filter((line) => line.startsWith('| `')).map((line) => line.replaceAll(/ +/g, ' '));
}

describe('docs/analysis.md', () => {
  it.each([peersTable(result), timelineTable(result), flowsTable(result), runs])(
    'has every column of $name in its order, with type, unit and meaning',
    ({ name, columns }) => {
      expect(rowsOf(name)).toEqual(
        columns.map(
          (column) => `| \`${column.name}\` | ${column.type} | ${column.unit || '–'} | ${column.meaning} |`,
        ),
      );
    },
  );

  it('names every format', () => {
    expect(exportFormats.filter((format) => !documentation.includes(`| \`${format}\``))).toEqual([]);
  });
});
