/**
 * Fills the README with the output of the commands that it shows, by running them:
 *   node scripts/readme-output.mjs           all blocks
 *   node scripts/readme-output.mjs <name>    one
 * A block stands between `<!-- output:<name> -->` and `<!-- /output -->`; what it runs is listed below.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const readme = join(root, 'README.md');
const LIMIT_MS = 10 * 60 * 1000;
/** The README shows the head of a report; the rest is told in words. */
const LINES_MAX = 24;

/** Name of a block → the command as a reader would type it. */
const commands = {
  'three-peers': 'npm run sim scenarios/three-peers.yaml',
};

function run(command) {
  const { stdout, stderr, status } = spawnSync(
    'bash',
    ['-c', command.replace('npm run', 'npm run --silent')],
    {
      cwd: root,
      encoding: 'utf8',
      timeout: LIMIT_MS,
      env: { ...process.env, NO_COLOR: '1', FORCE_COLOR: '0', COLUMNS: '110' },
    },
  );
  if (status !== 0) throw new Error(`${command} ended with ${status}:\n${stdout}${stderr}`);
  return stdout.trimEnd();
}

const [only] = process.argv.slice(2);
if (only !== undefined && !(only in commands)) {
  throw new Error(`no block ${only}; there are ${Object.keys(commands).join(', ')}`);
}
const block = /<!-- output:([\w-]+) -->\n[\s\S]*?<!-- \/output -->/g;
const filled = readFileSync(readme, 'utf8').replace(block, (old, name) => {
  if (only !== undefined && name !== only) return old;
  const command = commands[name];
  if (command === undefined) throw new Error(`README.md has a block ${name}, for which no command is listed`);
  const lines = run(command).split('\n');
  const head = lines.slice(0, LINES_MAX).join('\n') + (lines.length > LINES_MAX ? '\n…' : '');
  return `<!-- output:${name} -->\n\n\`\`\`text\n$ ${command}\n${head}\n\`\`\`\n\n<!-- /output -->`;
});
writeFileSync(readme, filled);
