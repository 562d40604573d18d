/** Two saved results or experiments side by side. */
import { printableData, printableJson } from '../core/printable.ts';
import { compareExperiments } from '../sim/experiment/compare-saved.ts';
import { loadSaved } from '../sim/experiment/load-saved.ts';
import { renderComparison } from '../sim/report/experiment/comparison.ts';
import { newCommand, readCommandLine } from './arguments/command-line.ts';
import { exitCodes } from './program/exit-codes.ts';
import { runProgram } from './program/run-program.ts';
import { columnsOf, wantsColours } from './output/terminal.ts';

const newCompareCommand = () =>
  newCommand(
    'compare',
    'Compares two saved runs or experiments, with intervals, and lists everything else that differs.',
  )
    .argument('<before>', 'result.json, experiment.json, or a folder that holds one of them')
    .argument('<after>', 'the same for the other run or experiment')
    .option('--json', 'print the comparison as JSON on stdout', false)
    .addHelpText(
      'after',
      `
Arms are matched by name. If each side has one arm, these two are compared whatever their names. A single run shows no
scatter: only repeated runs (swarm-lab sim <scenario> --repeat 5) can show a difference.

Example:
  swarm-lab compare reports/churn/2026-01-02T03-04-05Z-1-experiment reports/latest

Exit codes: 0 compared, whatever came out; 2 a file cannot be read; 3 no arm is in both: nothing was compared;
70 defect of the program.`,
    );

function main(): Promise<number> {
  const command = readCommandLine(newCompareCommand, process.argv.slice(2), process.env);
  const [before, after] = command.args as [string, string];
  const comparison = compareExperiments(loadSaved(before), loadSaved(after));
  const { json } = command.opts<{ json: boolean }>();
  const terminal = { colours: wantsColours(process.stdout), columns: columnsOf(process.stdout) };
  process.stdout.write(
    json ? `${printableJson(comparison)}\n` : renderComparison(printableData(comparison), terminal),
  );
  return Promise.resolve(comparison.arms.length === 0 ? exitCodes.inconclusive : exitCodes.ok);
}

await runProgram('compare', main);
