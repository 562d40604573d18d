/** The runs of an experiment as a table, for CSV, JSON Lines and Parquet. docs/analysis.md shows its columns. */
import type { Experiment, ExperimentRun } from '../../experiment/experiment.ts';
import { kindOf } from '../../experiment/summarise.ts';
import type { Cell, Table, TableColumn } from '../tables.ts';

interface RunColumn extends TableColumn {
  readonly read: (run: ExperimentRun, position: number) => Cell;
}

const fixed: readonly RunColumn[] = [
  {
    name: 'order',
    type: 'integer',
    unit: '',
    meaning: 'place in the order of the runs, from 1',
    read: (_, at) => at + 1,
  },
  { name: 'arm', type: 'text', unit: '', meaning: 'name of the arm', read: ({ arm }) => arm },
  {
    name: 'repeat',
    type: 'integer',
    unit: '',
    meaning: 'repeat of the arm, from 1',
    read: ({ repeat }) => repeat,
  },
  { name: 'seed', type: 'text', unit: '', meaning: 'seed of its random values', read: ({ seed }) => seed },
  {
    name: 'folder',
    type: 'text',
    unit: '',
    meaning: 'its report, from the experiment’s folder',
    read: ({ folder }) => folder,
  },
  {
    name: 'outcome',
    type: 'text',
    unit: '',
    meaning: '`pass`, `fail` or `inconclusive`',
    read: ({ outcome }) => outcome,
  },
  {
    name: 'because',
    type: 'text',
    unit: '',
    meaning: 'what decided that it is no pass',
    read: ({ because }) => because,
  },
  {
    name: 'trust',
    type: 'text',
    unit: '',
    meaning: '`trusted`, `doubtful` or `untrusted`',
    read: ({ trust }) => trust,
  },
];

/** One row a run, in the order in which they were run; then a column for each parameter, and one for each metric. */
export function runsTable({ arms, runs }: Experiment): Table {
  const parameters = [...new Set(arms.flatMap((arm) => Object.keys(arm.parameters)))];
  const metrics = [...new Set(runs.flatMap(({ figures }) => Object.keys(figures)))];
  const valuesOf = new Map(arms.map((arm) => [arm.name, arm.parameters]));
  const columns: RunColumn[] = [
    ...fixed,
    ...parameters.map((name): RunColumn => {
      const valueOf = (arm: string): Cell => valuesOf.get(arm)?.[name] ?? null;
      const isNumber = arms.every((arm) => ['number', 'object'].includes(typeof valueOf(arm.name)));
      return {
        name: `parameter.${name}`,
        type: isNumber ? 'number' : 'text',
        unit: '',
        meaning: 'value of a swept parameter',
        read: ({ arm }) => {
          const value = valueOf(arm);
          return value === null || isNumber ? value : String(value);
        },
      };
    }),
    ...metrics.map((metric): RunColumn => ({
      name: metric,
      type: 'number',
      unit: kindOf(metric, runs).unit,
      meaning: 'figure of the run',
      read: ({ figures }) => figures[metric] ?? null,
    })),
  ];
  return { name: 'runs', columns, rows: runs.map((run, at) => columns.map(({ read }) => read(run, at))) };
}
