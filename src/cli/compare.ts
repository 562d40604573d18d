/** Saved runs or experiments side by side. */
import { writeFileSync } from 'node:fs';
import { ConfigError } from '../core/errors.ts';
import { printable, printableData, printableJson } from '../core/printable.ts';
import type { ComparedSource } from '../sim/experiment/compare-saved.ts';
import type { Comparison } from '../sim/experiment/comparison.ts';
import { newCommand, readCommandLine } from './arguments/command-line.ts';
import { columnsOf, wantsColours } from './output/terminal.ts';
import { exitCodes } from './program/exit-codes.ts';
import { runProgram } from './program/run-program.ts';
import { tellTogether } from './program/tell-together.ts';

interface CompareOptions {
  /** File of a page to be written. */
  readonly html?: string;
  readonly json: boolean;
  readonly markdown: boolean;
  readonly differentScenarios: boolean;
}

const newCompareCommand = () =>
  newCommand(
    'compare',
    'Compares saved runs or experiments with the first of them: differences, intervals, verdicts.',
  )
    .argument('<base>', 'result.json, experiment.json, a folder that holds one of them, or a folder of runs')
    .argument('<other...>', 'the same for what is compared with it')
    .option('--markdown', 'print Markdown, for a pull request', false)
    .option('--html <file>', 'write a page with the figures and all completion curves')
    .option('--json', 'print the comparison as JSON on stdout', false)
    .option(
      '--different-scenarios',
      'show figures of different scenarios side by side, without a verdict',
      false,
    )
    .addHelpText(
      'after',
      `
Of each figure: the means, the difference with its 95 % interval (paired by seed where the seeds are the same, else
Welch's), and a verdict: better, worse, no difference shown, or inconclusive with the reason. A single run shows no
scatter: only repeated runs (swarm-lab sim <scenario> --repeat 5) can show a difference. Arms are matched by name. If
each side has one arm, these two are compared whatever their names.

Examples:
  swarm-lab compare reports/churn/2026-01-02T03-04-05Z-1-experiment reports/latest
  swarm-lab compare before after --markdown > comparison.md
  swarm-lab compare before after --html comparison.html

Exit codes: 0 compared, whatever came out; 2 a file cannot be read, or the scenarios differ; 3 no arm is in both:
nothing was compared; 70 defect of the program.`,
    );

async function main(): Promise<number> {
  const command = readCommandLine(newCompareCommand, process.argv.slice(2), process.env);
  const { html, json, markdown, differentScenarios } = command.opts<CompareOptions>();
  if (json && markdown)
    throw new ConfigError('--json and --markdown exclude each other; leave one of them out');
  // Help and most mistakes do not need them.
  const [{ compareSaved }, { resultOf }, { loadSaved }, { renderComparisonMarkdown }, { renderComparison }] =
    await Promise.all([
      import('../sim/experiment/compare-saved.ts'),
      import('../sim/experiment/compared-results.ts'),
      import('../sim/experiment/load-saved.ts'),
      import('../sim/report/experiment/comparison-markdown.ts'),
      import('../sim/report/experiment/comparison-terminal.ts'),
    ]);
  const sources = tellTogether(
    'compare',
    command.args.map((source) => (): ComparedSource => ({
      source,
      experiment: loadSaved(source),
      planOf: (run) => resultOf(source, run)?.plan,
    })),
  );
  const comparison = compareSaved(sources, { differentScenarios });
  if (html !== undefined) await writePage(html, comparison, sources);
  const terminal = { colours: wantsColours(process.stdout), columns: columnsOf(process.stdout) };
  process.stdout.write(
    json
      ? `${printableJson(comparison)}\n`
      : markdown
        ? printable(renderComparisonMarkdown(comparison))
        : renderComparison(printableData(comparison), terminal),
  );
  const isEmpty = comparison.others.some(({ arms }) => arms.length === 0);
  return isEmpty ? exitCodes.inconclusive : exitCodes.ok;
}

/** @throws {ConfigError} the file cannot be written */
async function writePage(
  file: string,
  comparison: Comparison,
  sources: readonly ComparedSource[],
): Promise<void> {
  const [{ resultsOf }, { renderComparisonPage }, { pageScript }] = await Promise.all([
    import('../sim/experiment/compared-results.ts'),
    import('../sim/page/html/comparison-page.ts'),
    import('../sim/page/page-script.ts'),
  ]);
  const results = sources.flatMap(({ source, experiment }, side) => resultsOf(source, experiment, side));
  try {
    writeFileSync(file, renderComparisonPage(comparison, results, pageScript('page')));
  } catch (cause) {
    throw new ConfigError(`--html ${file}: ${(cause as Error).message}; name a file that can be written`, {
      cause,
    });
  }
}

await runProgram('compare', main);
