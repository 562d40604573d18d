/** The report of a saved run or experiment anew, or in a format of other programs. */
import { dirname, join } from 'node:path';
import { InvalidArgumentError, Option } from 'commander';
import { printable } from '../core/printable.ts';
import type { Saved } from '../sim/experiment/read-saved.ts';
import { exportFormats, type ExportFormat } from '../sim/export/format-names.ts';
import { newCommand, readCommandLine } from './arguments/command-line.ts';
import { print } from './output/program-output.ts';
import { exitCodes } from './program/exit-codes.ts';
import { runProgram } from './program/run-program.ts';

interface ReportOptions {
  readonly format?: readonly ExportFormat[] | 'all';
  readonly out?: string;
  readonly quiet: boolean;
}

const newReportCommand = () =>
  newCommand(
    'report',
    'Renders the report of a saved run or experiment again, or exports it for other programs.',
  )
    .argument('<run>', 'result.json, experiment.json, a folder that holds one of them, or a folder of runs')
    .addOption(
      new Option(
        '--format <names>',
        `instead of the report: ${exportFormats.join(', ')} (several with commas), or all`,
      ).argParser(formatsOf),
    )
    .option('--out <folder>', 'where the files go (default: beside what was saved)')
    .option('--quiet', 'print only what went wrong', false)
    .addHelpText(
      'after',
      `
Without --format, everything that follows from result.json or experiment.json is written again as this program would
write it today, of an experiment also the reports of its runs. Results of another schemaVersion are refused.

  csv, jsonl, parquet   peers, timeline and flows; of an experiment its runs
  openmetrics           metrics.txt: every figure, of the swarm, each group and each peer
  junit                 junit.xml: the swarm and each threshold as test cases, for build machines
  perfetto              trace.json: what the peers did, for ui.perfetto.dev

docs/analysis.md explains each column, and loads each format in Python.

Examples:
  swarm-lab report reports/latest
  swarm-lab report reports/latest --format parquet,junit --out build/

Exit codes: 0 written; 2 the saved run cannot be read, or the files cannot be written; 70 defect of the program.`,
    );

function formatsOf(text: string): readonly ExportFormat[] | 'all' {
  if (text === 'all') return 'all';
  const names = text.split(',').map((name) => name.trim());
  const unknown = names.find((name) => !exportFormats.some((format) => format === name));
  if (unknown === undefined) return [...new Set(names)] as ExportFormat[];
  throw new InvalidArgumentError(
    `"${unknown}" is no format; there are ${exportFormats.join(', ')}, and all for each of them.`,
  );
}

async function main(): Promise<number> {
  const command = readCommandLine(newReportCommand, process.argv.slice(2), process.env);
  const { format, out, quiet } = command.opts<ReportOptions>();
  // Help and most mistakes do not need them.
  const [{ readSaved }, { canExport, exportFiles }, { renderAgain }, { writeExport }] = await Promise.all([
    import('../sim/experiment/read-saved.ts'),
    import('../sim/export/formats.ts'),
    import('../sim/export/render-again.ts'),
    import('../sim/export/write-files.ts'),
  ]);
  const read = readSaved(command.args[0]!);
  const saved: readonly Saved[] = 'kind' in read ? [read] : read;
  const tell = (path: string): void => {
    if (!quiet) print(printable(path));
  };
  for (const one of saved) {
    const own = dirname(one.file);
    // Several runs would write over one another in one folder.
    const folder = out === undefined ? own : saved.length === 1 ? out : join(out, own.split(/[\\/]/).at(-1)!);
    if (format === undefined) {
      for (const path of renderAgain(one, folder)) tell(path);
      continue;
    }
    const formats = format === 'all' ? exportFormats.filter((name) => canExport(one, name)) : format;
    for (const name of formats) {
      for (const file of await exportFiles(one, name)) tell(writeExport(folder, file));
    }
  }
  return exitCodes.ok;
}

await runProgram('report', main);
