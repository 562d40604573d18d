/** Two saved results or experiments side by side. */
import { compareExperiments } from '../sim/experiment/compare.ts';
import { loadSaved } from '../sim/experiment/load-saved.ts';
import { renderComparison } from '../sim/report/experiment/comparison.ts';
import { givenPath } from './given-path.ts';
import { exitCodes, newCommand, runProgram } from './program.ts';
import { columnsOf, wantsColours } from './terminal.ts';

const command = newCommand(
  'compare',
  'Compares two saved runs or experiments, with intervals and what is unlike.',
)
  .argument('<before>', 'result.json, experiment.json, or a folder that holds one of them')
  .argument('<after>', 'the same of another run or experiment')
  .option('--json', 'the comparison as JSON on stdout', false)
  .allowExcessArguments(false)
  .addHelpText(
    'after',
    `
Arms are matched by name; two that each have one arm are compared whatever their names. A single run shows no
scatter: only repeated runs (npm run sim -- <scenario> --repeat 5) can show a difference.

Example:
  npm run compare -- reports/churn/2026-01-02T03-04-05Z-1-experiment reports/latest

Exit codes: 0 compared, whatever came out; 2 a file cannot be read; 3 no arm is in both: nothing was compared;
70 defect of the program.`,
  );

function main(): Promise<number> {
  command.parse();
  const [before, after] = command.args.map((path) => givenPath(path, 'compare', process.env)) as [
    string,
    string,
  ];
  const comparison = compareExperiments(loadSaved(before), loadSaved(after));
  const { json } = command.opts<{ json: boolean }>();
  const terminal = { colours: wantsColours(process.stdout), columns: columnsOf(process.stdout) };
  process.stdout.write(
    json ? `${JSON.stringify(comparison, null, 2)}\n` : renderComparison(comparison, terminal),
  );
  return Promise.resolve(comparison.arms.length === 0 ? exitCodes.inconclusive : exitCodes.ok);
}

await runProgram('compare', main);
