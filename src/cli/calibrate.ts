/** `swarm-lab calibrate`: docs/model.md. */
import { printableJson } from '../core/printable.ts';
import { randomBytes } from 'node:crypto';
import { ConfigError } from '../core/errors.ts';
import { readEnvironment } from '../sim/environment.ts';
import { describeCores } from '../sim/result/machine-text.ts';
import type { CalibrationRow } from '../sim/calibrate/finding.ts';
import { kernelCases } from '../sim/calibrate/kernel.ts';
import { countVerdicts, describeHost, renderCalibration } from '../sim/calibrate/render.ts';
import { runCalibration } from '../sim/calibrate/run-calibration.ts';
import { fullSuite, smokeSuite } from '../sim/calibrate/suite.ts';
import { newCommand, readCommandLine } from './arguments/command-line.ts';
import { seedText } from './arguments/values.ts';
import { exitCodeOfCalibration, exitCodes } from './program/exit-codes.ts';
import { interruptSignal, runProgram } from './program/run-program.ts';
import { fitted } from './output/program-output.ts';
import { columnsOfTerminal } from './output/terminal.ts';

interface CalibrateOptions {
  readonly smoke: boolean;
  readonly json: boolean;
  readonly markdown: boolean;
  readonly filter: string;
  readonly list: boolean;
  readonly kernel: boolean;
  readonly seed: string;
}

const EXAMPLES = `
Examples:
  swarm-lab calibrate
      checks every knob; takes about four minutes on an idle machine
  swarm-lab calibrate --filter latency
      checks only the knobs of latency
  swarm-lab calibrate --json > rows.json
      writes the figures for other programs
  swarm-lab calibrate --smoke
      checks everything in small, to see that it works

The comparison with the kernel's own shaping needs Linux, root, and the programs ip and tc. It creates two network
namespaces and removes them again. If it cannot run, its row says why.

Exit codes: 0 every figure is within its tolerance; 1 a figure was outside it three times; 2 bad option;
3 the machine was too busy to tell; 70 defect of the program; 130 stopped by Ctrl-C.`;

function newCalibrateCommand() {
  return newCommand('calibrate', 'Measures on real sockets whether each knob of a link does what it says.')
    .option('--filter <text>', 'only rows whose name contains the text', '')
    .option('--smoke', 'a small run of everything, a few seconds', false)
    .option('--no-kernel', "leave out the comparison with the kernel's own shaping")
    .option('--json', 'print the rows as JSON on stdout, and nothing else', false)
    .option('--markdown', 'print the table as Markdown', false)
    .option(
      '--seed <text>',
      'repeat the jitter and the losses of another run (default: a new seed)',
      seedText,
    )
    .option('--list', 'list what would be measured, and stop', false)
    .addHelpText('after', EXAMPLES);
}

function readOptions(argv: readonly string[], env: NodeJS.ProcessEnv): CalibrateOptions {
  const command = readCommandLine(newCalibrateCommand, argv, env);
  return { seed: randomBytes(4).toString('hex'), ...command.opts<Omit<CalibrateOptions, 'seed'>>() };
}

async function main(): Promise<number> {
  const options = readOptions(process.argv.slice(2), process.env);
  const suite = options.smoke ? smokeSuite(options.seed) : fullSuite(options.seed);
  const worker = new URL('./kernel-worker.js', import.meta.url);
  const kernel = options.kernel ? kernelCases(worker, options.smoke ? 'smoke' : 'full') : [];
  const filter = options.filter.toLowerCase();
  const cases = [...suite, ...kernel].filter(({ name }) => name.toLowerCase().includes(filter));
  if (options.list) {
    process.stdout.write(cases.map(({ name }) => `${name}\n`).join(''));
    return exitCodes.ok;
  }
  if (cases.length === 0) {
    throw new ConfigError(`no row has "${options.filter}" in its name; see --list`);
  }
  const signal = interruptSignal();
  const rows = await runCalibration(cases, {
    signal,
    onCase: (name, attempt) => {
      if (!options.json) process.stderr.write(`${name}${attempt === 1 ? '' : `, once more (${attempt})`}\n`);
    },
  });
  process.stdout.write(options.json ? `${printableJson(report(rows, options))}\n` : text(rows, options));
  if (signal.aborted) return exitCodes.interrupted;
  return exitCodeOfCalibration(rows.map(({ verdict }) => verdict));
}

function report(rows: readonly CalibrationRow[], { seed }: CalibrateOptions): unknown {
  return { schemaVersion: 1, seed, environment: readEnvironment(), rows };
}

function text(rows: readonly CalibrationRow[], { markdown, seed }: CalibrateOptions): string {
  const environment = readEnvironment();
  const { cpu, platform, node } = environment;
  const machine = `${describeCores(environment)}, ${cpu}, ${platform}, Node ${node}; seed ${seed}`;
  const table = renderCalibration(
    rows,
    markdown ? 'markdown' : 'terminal',
    columnsOfTerminal(process.stdout),
  );
  const told = `\n${machine}\n\n${table}\n\n${countVerdicts(rows)}; ${describeHost(rows)}\n`;
  return markdown ? told : fitted(told, process.stdout);
}

await runProgram('calibrate', main);
