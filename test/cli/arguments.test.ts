import { CommanderError } from 'commander';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { classicArguments } from '../../src/cli/classic-arguments.ts';
import { readClientOptions as readClient } from '../../src/cli/client-options.ts';
import { readSimOptions } from '../../src/cli/sim-options.ts';
import { readTrackerOptions as readTracker } from '../../src/cli/tracker-options.ts';

const classic = ['-folder', 'folders/folder1', '-transfer_port', '6001', '-name', 'alice'];
const readClientOptions = (argv: readonly string[]) => readClient(argv, {});
const readTrackerOptions = (argv: readonly string[]) => readTracker(argv, {});
let told = '';

beforeEach(() => {
  told = '';
  const listen = (text: string | Uint8Array) => {
    told += String(text);
    return true;
  };
  vi.spyOn(process.stdout, 'write').mockImplementation(listen);
  vi.spyOn(process.stderr, 'write').mockImplementation(listen);
});
afterEach(() => {
  vi.restoreAllMocks();
});

function mistake(read: () => unknown): string {
  expect(read).toThrow(CommanderError);
  return told;
}

describe('the classic command line', () => {
  it('is read exactly as the assignment gives it', () => {
    expect(readClientOptions(classic)).toEqual({
      folder: 'folders/folder1',
      transferPort: 6001,
      name: 'alice',
      tracker: { host: 'localhost', port: 5100 },
      trackerIsOurs: false,
      bind: '127.0.0.1',
      host: 'localhost',
      protocol: 'spec',
      edition: 'plain',
      picker: 'rarest-first',
      uploadSlots: 4,
      leaveAfterMs: undefined,
      logFile: 'logs.log',
      verbosity: 'normal',
    });
  });

  it('may be written with two dashes, hyphens and =', () => {
    const modern = ['--folder', 'folders/folder1', '--transfer-port=6001', '--name=alice'];
    expect(readClientOptions(modern)).toEqual(readClientOptions(classic));
  });

  it('leaves values, short options and what follows -- as they are', () => {
    expect(classicArguments(['-name=a-b_c', 'x-y', '-h', '-5', '--', '-folder'])).toEqual([
      '--name=a-b_c',
      'x-y',
      '-h',
      '-5',
      '--',
      '-folder',
    ]);
  });

  it('takes the options beside the classic ones', () => {
    const settings = readClientOptions([
      ...classic,
      ...['-tracker', '[::1]:7000', '-bind', '::', '-host', 'example.org', '-protocol', 'swarm'],
      ...['-edition', 'hashed', '-picker', 'random', '-slots', '9', '-exit_when_complete', '1.5'],
      ...['-log', 'x.log', '-verbose', '-trusted_tracker'],
    ]);
    expect(settings).toMatchObject({
      tracker: { host: '::1', port: 7000 },
      trackerIsOurs: true,
      bind: '::',
      host: 'example.org',
      protocol: 'swarm',
      edition: 'hashed',
      picker: 'random',
      uploadSlots: 9,
      leaveAfterMs: 1500,
      logFile: 'x.log',
      verbosity: 'verbose',
    });
  });

  it('leaves at once on a bare -exit_when_complete', () => {
    expect(readClientOptions([...classic, '-exit_when_complete']).leaveAfterMs).toBe(0);
  });

  it('supposes port 5100 where the tracker is given by host alone', () => {
    expect(readClientOptions([...classic, '-tracker', '192.0.2.7']).tracker).toEqual({
      host: '192.0.2.7',
      port: 5100,
    });
  });
});

describe('a mistake on the command line is told with its fix', () => {
  it.each([
    ['a comma in the name', ['-name', 'a,b'], /no comma/],
    ['a line break in the name', ['-name', 'a\nb'], /no line break/],
    ['an empty name', ['-name', ' '], /visible character/],
    ['a name above 255 bytes', ['-name', 'ä'.repeat(128)], /255 bytes/],
    ['a port above 65535', ['-transfer_port', '65536'], /1 to 65535/],
    ['a port that is no number', ['-transfer_port', '60o1'], /1 to 65535/],
    ['a tracker port of 0', ['-tracker', 'localhost:0'], /host:port/],
    ['a tracker that is no address', ['-tracker', 'a:b:c'], /host:port/],
    ['a host with a comma', ['-host', 'a,b'], /commas/],
    ['no slots', ['-slots', '0'], /from 1 to 1000/],
    ['a negative wait', ['-exit_when_complete=-1'], /seconds/],
    ['an unknown protocol', ['-protocol', 'http'], /spec, swarm/],
    ['quiet and verbose', ['-quiet', '-verbose'], /cannot be used with/],
    ['a misspelt option', ['-transferport', '1'], /Did you mean -?-transfer_port/],
    ['a word too many', ['folder1'], /too many arguments/],
  ])('%s', (_, argv, expected) => {
    expect(mistake(() => readClientOptions([...classic, ...argv]))).toMatch(expected);
  });

  it('an option cut short or misspelt, rather than the required one that is then missing', () => {
    const words = (...argv: string[]): string => {
      told = '';
      return mistake(() => readClientOptions(argv)).split('\n(--help')[0]!;
    };
    expect(words('-fol', 'f1')).toBe("error: unknown option '-fol'\n(Did you mean -folder?)");
    expect(words('-floder=f1', '-name', 'a')).toBe(
      "error: unknown option '-floder'\n(Did you mean -folder?)",
    );
    expect(words('-tr', '1')).toContain('-transfer_port or -tracker or -trusted_tracker?');
    expect(words('-xyzzy')).toBe("error: unknown option '-xyzzy'");
    told = '';
    expect(mistake(() => readTrackerOptions(['-prot', '1']))).toContain("'-prot'\n(Did you mean -port?)");
  });

  it('a missing option', () => {
    expect(mistake(() => readClientOptions(['-folder', 'x']))).toMatch(/transfer_port.*not specified/);
  });
});

describe('the command line of the tracker', () => {
  it('listens on port 5100 of this machine unless told otherwise', () => {
    expect(readTrackerOptions([])).toEqual({
      port: 5100,
      bind: '127.0.0.1',
      edition: 'plain',
      agreement: 1,
      logFile: 'logs.log',
      verbosity: 'normal',
    });
  });

  it('lets two holders agree in the hashed edition, or as many as said', () => {
    expect(readTrackerOptions(['-edition', 'hashed']).agreement).toBe(2);
    expect(readTrackerOptions(['-edition', 'hashed', '-agreement', '3']).agreement).toBe(3);
  });
});

it('options that npm kept for itself are refused, not ignored', () => {
  const npm = { npm_lifecycle_event: 'tracker', npm_config_port: '5200', npm_config_name: 'x' };
  expect(() => readTracker([], npm)).toThrow(/npm kept -port .*npm run tracker -- -port/);
  expect(readTracker([], { ...npm, npm_lifecycle_event: 'test' }).port).toBe(5100);
});

it('an empty seed of the laboratory is refused: it is mostly a variable that was not set', () => {
  expect(mistake(() => readSimOptions(['x.yaml', '--seed', ''], {}))).toContain(
    'at least one visible character',
  );
  expect(readSimOptions(['x.yaml', '--seed', '0'], {}).seed).toBe('0');
});

it('help shows the options with one dash, and examples', () => {
  const help = mistake(() => readClientOptions(['-help']));
  expect(help).toMatch(/^ {2}-transfer_port <port>/m);
  expect(help).toContain('npm run client -- -folder');
  expect(mistake(() => readTrackerOptions(['-h']))).toContain('npm run tracker -- -edition hashed');
});
