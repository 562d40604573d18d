#!/usr/bin/env node
/**
 * `swarm-lab <program> [arguments]`: runs a program of src/cli or bench. In a checkout from the current source, in an
 * installed copy from the bundle that was packed. See docs/decisions/0002 and 0010.
 */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const BAD_INPUT = 2;
const DEFECT = 70;
const IN_USE_MS = 3600 * 1000;

const programs = {
  sim: 'run swarms as scenarios describe them, and measure them',
  bench: 'measure parts of the system and whole swarms',
  compare: 'compare saved runs or experiments',
  report: 'render the report of a saved run again, or export it',
  calibrate: 'measure whether each knob of a link does what it says',
  fidelity: 'run scenarios on both engines, and tell how far their figures differ',
  papers: 'run what papers have published again, and compare',
  fuzz: 'run random small scenarios, and look for what must not happen',
  agent: 'take runs of a cluster, and do them on this machine',
  tracker: 'a tracker of its own',
  client: 'a peer of its own',
  split: 'split a file into chunk folders',
  join: 'join the chunks of a folder into the file',
};

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const [first, second] = process.argv.slice(2);

/** No wider than the terminal: a line goes on below where its text began. */
function fitted(start, text) {
  const columns = Math.max(40, process.stdout.columns ?? 100);
  const lines = [start];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    const line = last === '' ? word : `${last} ${word}`;
    if (line.length <= columns) lines[lines.length - 1] = line;
    else lines.push(start === '' ? word : `${' '.repeat(start.length)} ${word}`);
  }
  return lines.join('\n');
}

function help() {
  const lines = Object.entries(programs).map(([name, what]) => fitted(`  ${name.padEnd(10)}`, what));
  return `Usage: swarm-lab <program> [options]

${fitted('', 'A peer-to-peer swarm laboratory: real tracker, real peers, measured.')}

Programs:
${lines.join('\n')}

Options:
  --version  show the version
${fitted('  --help    ', 'show this help; swarm-lab <program> --help: the options of a program')}

Example:
  swarm-lab sim three-peers
`;
}

function refuse(mistake) {
  console.error(`swarm-lab: ${mistake}; there are: ${Object.keys(programs).join(', ')} (--help tells more)`);
  process.exit(BAD_INPUT);
}

/** npm starts a script in the folder of the package, and tells where the user is. */
function goWhereTheUserIs(program) {
  const { npm_lifecycle_event: script, INIT_CWD: place } = process.env;
  if (script === program && place !== undefined && existsSync(place)) process.chdir(place);
}

async function bundleFolder() {
  if (!existsSync(join(root, 'src'))) return join(root, 'dist');
  const [{ build, keepForLater }, { mapStacks }] = await Promise.all([
    import('./build.mjs'),
    import('./mapped-stacks.mjs'),
  ]);
  const folder = await build();
  mapStacks(folder);
  // A program that runs for days loads parts of it only when it needs them.
  setInterval(() => keepForLater(folder), IN_USE_MS).unref();
  return folder;
}

async function run(program) {
  goWhereTheUserIs(program);
  const folder = await bundleFolder().catch((error) => {
    const fix = error.code === 'ERR_MODULE_NOT_FOUND' ? '; npm ci installs what it needs' : '';
    console.error(
      `${program}: the source cannot be bundled into node_modules/.cache: ${error.message.split('\n')[0]}${fix}`,
    );
    process.exit(DEFECT);
  });
  await import(pathToFileURL(join(folder, `${program}.js`)).href);
}

if (first === undefined) {
  process.stderr.write(help());
  process.exitCode = BAD_INPUT;
} else if (/^(-h|--?help)$/.test(first) || (first === 'help' && second === undefined)) {
  process.stdout.write(help());
} else if (/^(-V|--?version)$/.test(first)) {
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  process.stdout.write(`swarm-lab ${version}\n`);
} else {
  const program = first === 'help' ? second : first;
  if (!Object.hasOwn(programs, program)) refuse(`there is no program "${program}"`);
  process.argv.splice(2, 2, ...(first === 'help' ? ['--help'] : second === undefined ? [] : [second]));
  await run(program);
}
