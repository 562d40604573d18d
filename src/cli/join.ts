import { InvalidArgumentError } from 'commander';
import { assertNever } from '../core/errors.ts';
import { joinFolder } from '../core/node/split/join.ts';
import type { JoinResult } from '../core/node/split/join.ts';
import { formatBytes } from '../sim/units/format.ts';
import { ByteProgress } from './progress/byte-progress.ts';
import { newCommand, readCommandLine } from './arguments/command-line.ts';
import { exitCodes } from './program/exit-codes.ts';
import { interruptSignal, runProgram } from './program/run-program.ts';
import { print, say } from './output/program-output.ts';

const SHOWN_MAX = 20;

const newJoinCommand = () =>
  newCommand('join', 'Joins the chunks of a complete folder into the file they were split from.')
    .argument('<folder>', 'a chunk folder with local_chunks.txt; it is only read')
    .argument('<file>', 'the file to write')
    .option('--force', 'replace the file if it exists', false)
    .option('--sha256 <hex>', 'keep the file only if it has this hash', (text: string) => {
      if (/^[0-9a-f]{64}$/i.test(text)) return text;
      throw new InvalidArgumentError('A SHA-256 has 64 hexadecimal digits.');
    })
    .addHelpText(
      'after',
      `
The result is compared with --sha256 or, without it, with the split.json beside the folder.

Example:
  swarm-lab join film-chunks/folder1 film.mkv

Exit codes: 0 joined; 1 chunks are missing, or the hash differs; 2 bad option, folder or file; 70 defect of the
program; 130 stopped by Ctrl-C (nothing is kept).
`,
    );

async function main(): Promise<number> {
  const command = readCommandLine(newJoinCommand, process.argv.slice(2), process.env);
  const [folder, file] = command.args as [string, string];
  const { force, sha256 } = command.opts<{ force: boolean; sha256?: string }>();
  const progress = new ByteProgress('joining');
  try {
    const result = await joinFolder({
      folder,
      file,
      force,
      sha256,
      signal: interruptSignal(),
      onProgress: (done, total) => progress.update(done, total),
    });
    progress.stop();
    return tell(result, folder, file);
  } finally {
    progress.stop();
  }
}

function tell(result: JoinResult, folder: string, file: string): number {
  switch (result.state) {
    case 'joined':
      print(`${file}: ${formatBytes(result.bytes)}, SHA-256 ${result.sha256} (${CHECKS[result.checkedBy]})`);
      tellUnlisted(result, folder);
      return exitCodes.ok;
    case 'incomplete': {
      const { missing, totalChunks, misfits, usualBytes } = result;
      say(
        `join: ${folder} lacks ${missing.length} of ${totalChunks} chunks: ${some(missing)}; let a client complete it`,
      );
      for (const { index, name, bytes } of misfits.slice(0, SHOWN_MAX)) {
        say(
          `join: ${folder}/${name} is not in local_chunks.txt and has ${bytes} bytes, which chunk ${index} cannot have ` +
            `(the others have ${usualBytes ?? 'more than 0'}): ignored`,
        );
      }
      return exitCodes.failed;
    }
    case 'different':
      say(`join: ${tellDifference(result, folder)}; nothing was written`);
      return exitCodes.failed;
    default:
      return assertNever(result);
  }
}

/** Most programs of others never add to their list what they have received. */
function tellUnlisted(
  { unlisted, checkedBy }: Extract<JoinResult, { state: 'joined' }>,
  folder: string,
): void {
  if (unlisted.length === 0) return;
  const which = `${unlisted.length === 1 ? 'chunk' : 'chunks'} ${some(unlisted)}`;
  const verified =
    checkedBy === 'nothing'
      ? 'only the sizes could be checked; give --sha256 to check the content'
      : 'the hash of the whole file confirms them';
  say(`join: ${folder}/local_chunks.txt does not list ${which}; taken from the files, ${verified}`);
}

function tellDifference(result: Extract<JoinResult, { state: 'different' }>, folder: string): string {
  const { spoilt, sha256, expectedSha256 } = result;
  if (spoilt.length === 0) return `the chunks of ${folder} give SHA-256 ${sha256}, not ${expectedSha256}`;
  const [which, their, lines] =
    spoilt.length === 1
      ? [`chunk ${spoilt[0]!} of ${folder} is`, 'its SHA-1 is not the one', 'its file and its line']
      : [
          `chunks ${some(spoilt)} of ${folder} are`,
          'their SHA-1 are not those',
          'their files and their lines',
        ];
  return `${which} spoilt: ${their} in split.json; remove ${lines} in local_chunks.txt, and let a client fetch again`;
}

/** The first of them, and how many more there are. */
function some(indices: readonly number[]): string {
  const more = indices.length > SHOWN_MAX ? ` and ${indices.length - SHOWN_MAX} more` : '';
  return `${indices.slice(0, SHOWN_MAX).join(', ')}${more}`;
}

const CHECKS = {
  option: 'as given by --sha256',
  'split.json': 'as in split.json',
  nothing: 'not checked: there is no split.json beside the folder and no --sha256',
} as const;

await runProgram('join', main);
