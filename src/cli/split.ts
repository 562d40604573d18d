import { Option } from 'commander';
import { splitFile } from '../core/node/split/split.ts';
import { MIB } from '../core/units.ts';
import { formatBytes } from '../sim/units/format.ts';
import { ByteProgress } from './progress/byte-progress.ts';
import { newCommand, readCommandLine } from './arguments/command-line.ts';
import { byteSize, seedText, wholeNumber } from './arguments/values.ts';
import { exitCodes } from './program/exit-codes.ts';
import { interruptSignal, runProgram } from './program/run-program.ts';
import { print } from './output/program-output.ts';

interface SplitFlags {
  readonly out: string;
  readonly chunkSize: number;
  readonly peers: number;
  readonly overlap: number;
  readonly seeder?: true;
  readonly seed: string;
}

const newSplitCommand = () =>
  newCommand('split', 'Splits a file into chunk folders for several peers.')
    .argument('<file>', 'the file to split; it is only read')
    .requiredOption('--out <folder>', 'new or empty folder for folder1, folder2… and split.json')
    .addOption(
      new Option('--chunk-size <size>', 'size of a chunk; the last one has the rest')
        .argParser(byteSize)
        .default(MIB / 4, '256KiB'),
    )
    .addOption(new Option('--peers <n>', 'how many folders').argParser(wholeNumber(1, 100_000)).default(3))
    .addOption(
      new Option('--overlap <k>', 'how many of the folders hold each chunk')
        .argParser(wholeNumber(1, 100_000))
        .default(2)
        .conflicts('seeder'),
    )
    .option('--seeder', 'folder1 holds every chunk, the others none')
    .option('--seed <text>', 'decides who holds what; the same seed gives the same folders', seedText, '1')
    .addHelpText(
      'after',
      `
Examples:
  swarm-lab split picture.png --out folders --chunk-size 16KiB --peers 3 --overlap 2
  swarm-lab split film.mkv --out film-chunks --chunk-size 4MiB --peers 10 --seeder

Exit codes: 0 split; 2 bad option, file or folder; 70 defect of the program; 130 stopped by Ctrl-C (nothing is kept).
`,
    );

async function main(): Promise<number> {
  const command = readCommandLine(newSplitCommand, process.argv.slice(2), process.env);
  const [file] = command.args as [string];
  const { out, chunkSize, peers, overlap, seeder, seed } = command.opts<SplitFlags>();
  const progress = new ByteProgress('splitting');
  try {
    const record = await splitFile({
      file,
      out,
      chunkBytes: chunkSize,
      peers,
      overlap: seeder === true ? 'seeder' : overlap,
      seed,
      signal: interruptSignal(),
      onProgress: (done, total) => progress.update(done, total),
    });
    progress.stop();
    const { fileName, bytes, totalChunks, sha256, folders } = record;
    print(
      `${fileName}: ${formatBytes(bytes)} in ${totalChunks} ${totalChunks === 1 ? 'chunk' : 'chunks'}, SHA-256 ${sha256}`,
    );
    for (const { name, chunks } of folders) print(`  ${out}/${name}: ${chunks} of ${totalChunks} chunks`);
    return exitCodes.ok;
  } finally {
    progress.stop();
  }
}

await runProgram('split', main);
