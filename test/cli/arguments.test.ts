import { CommanderError } from 'commander';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { inDeclaredSpelling, newClassicCommand } from '../../src/cli/arguments/command-line.ts';
import { readClientOptions as readClient } from '../../src/cli/client/client-options.ts';
import { readSimOptions } from '../../src/cli/sim/sim-options.ts';
import { ConfigError } from '../../src/core/errors.ts';
import { readTrackerOptions as readTracker } from '../../src/cli/tracker/tracker-options.ts';

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
  try {
    read();
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigError);
    expect(told).toBe('');
    return (error as ConfigError).message;
  }
  return expect.fail('there was no mistake');
}

function help(read: () => unknown): string {
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
    const { options } = newClassicCommand('x', '').option('--name <name>').option('--folder <folder>');
    expect(inDeclaredSpelling(['-name=a-b_c', 'x-y', '-h', '-5', '--', '-folder'], options)).toEqual([
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

  it('waits for seconds before it leaves, or for a duration with its unit', () => {
    const leaveAfter = (text: string) =>
      readClientOptions([...classic, '-exit_when_complete', text]).leaveAfterMs;
    expect([leaveAfter('3'), leaveAfter('500ms'), leaveAfter('2min')]).toEqual([3000, 500, 120_000]);
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
    ['quiet and verbose', ['-quiet', '-verbose'], /^option -verbose cannot be used with option -quiet$/],
    [
      'a misspelt option',
      ['-transferport', '1'],
      /^unknown option -transferport; did you mean -transfer_port\?/,
    ],
    ['a word too many', ['folder1'], /^too many arguments: folder1/],
    ['a week and more', ['-exit_when_complete', '200h'], /^-exit_when_complete 200h: .* at most one week/],
  ])('%s', (_, argv, expected) => {
    expect(mistake(() => readClientOptions([...classic, ...argv]))).toMatch(expected);
  });

  it('an option cut short or misspelt, rather than the required one that is then missing', () => {
    const words = (...argv: string[]): string => mistake(() => readClientOptions(argv));
    expect(words('-fol', 'f1')).toBe('unknown option -fol; did you mean -folder?');
    expect(words('-floder=f1', '-name', 'a')).toBe('unknown option -floder; did you mean -folder?');
    expect(words('-tr', '1')).toContain('-transfer_port or -tracker or -trusted_tracker?');
    expect(words('-xyzzy')).toBe('unknown option -xyzzy (--help lists the options)');
    expect(mistake(() => readTrackerOptions(['-prot', '1']))).toBe(
      'unknown option -prot; did you mean -port?',
    );
  });

  it('all missing options at once, as the help writes them', () => {
    expect(mistake(() => readClientOptions([]))).toBe(
      '-folder <folder>, -transfer_port <port> and -name <name> are missing (--help lists the options)',
    );
    expect(mistake(() => readClientOptions(['-folder', 'x', '-name', 'a']))).toMatch(
      /^-transfer_port <port> is missing/,
    );
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

it('an empty seed of the laboratory is refused: it is mostly a variable that was not set', () => {
  expect(mistake(() => readSimOptions(['x.yaml', '--seed', ''], {}))).toContain(
    'at least one visible character',
  );
  expect(readSimOptions(['x.yaml', '--seed', '0'], {}).seed).toBe('0');
});

it('help shows the options with one dash, and examples', () => {
  const text = help(() => readClientOptions(['-help']));
  expect(text).toMatch(/^ {2}-transfer_port <port>/m);
  expect(text).toContain('swarm-lab client -folder');
  expect(text).toContain('Usage: swarm-lab client [options]');
  told = '';
  expect(help(() => readTrackerOptions(['-h']))).toContain('swarm-lab tracker -edition hashed');
});

it('the laboratory reads options with one dash and with underscores, too', () => {
  expect(readSimOptions(['x.yaml', '-plan', '--tracker_port=7'], {})).toMatchObject({
    plan: true,
    trackerPort: 7,
  });
});

it('sim finds shipped scenarios by their short names, and the file of the user first', () => {
  const { scenarios } = readSimOptions(['flash-crowd', 'papers/kumar-ross-fluid', 'none.yaml'], {});
  expect(scenarios).toEqual([
    'scenarios/flash-crowd.yaml',
    'scenarios/papers/kumar-ross-fluid.yaml',
    'none.yaml',
  ]);
});

it('sim without a scenario tells which there are', () => {
  expect(mistake(() => readSimOptions([], {}))).toMatch(
    /^<scenario> is missing; there are: .*churn, .*papers\//,
  );
});

describe('addresses of IPv6', () => {
  it.each([
    [['-tracker', '[::1]:7001'], { tracker: { host: '::1', port: 7001 } }],
    [['-tracker', '[0:0::1]'], { tracker: { host: '::1', port: 5100 } }],
    [['-tracker', '[::ffff:10.1.2.3]:7001'], { tracker: { host: '10.1.2.3', port: 7001 } }],
    [['-bind', '::1'], { bind: '::1', host: '::1' }],
    [['-bind', '[0::1]', '-host', '[::1]'], { bind: '::1', host: '::1' }],
    [['-bind', '::'], { bind: '::', host: 'localhost' }],
    [['-bind', '0.0.0.0'], { bind: '0.0.0.0', host: 'localhost' }],
    [['-bind', '10.1.2.3'], { bind: '10.1.2.3', host: '10.1.2.3' }],
    [['-bind', '::', '-host', '2001:DB8::7'], { bind: '::', host: '2001:db8::7' }],
    [['-tracker', '[::1]:7001', '-protocol', 'swarm'], { bind: '::1', host: '::1' }],
    [['-tracker', '[::1]:7001', '-protocol', 'swarm', '-bind', '::'], { bind: '::', host: '::1' }],
    [['-bind', '::1', '-host', 'example.org'], { bind: '::1', host: 'example.org' }],
    [['-bind', 'example.org', '-host', '::1'], { bind: 'example.org', host: '::1' }],
  ])('%s', (options, settings) => {
    expect(readClientOptions([...classic, ...options])).toMatchObject(settings);
  });

  it.each([
    [['-tracker', '::1'], /^-tracker ::1: Write an IPv6 address in brackets, such as \[::1\]:5100\.$/],
    [['-tracker', '[1::2::3]:7001'], /This is not an IPv6 address/],
    [['-tracker', '[fe80::1%eth0]:7001'], /-tracker.*A zone such as %eth0.*without a zone/],
    [['-bind', 'fe80::1%eth0'], /-bind.*A zone such as %eth0.*without a zone/],
    [['-host', 'fe80::1%eth0'], /-host.*A zone such as %eth0.*without a zone/],
    [['-host', '[::1]:7001'], /-host.*without port/],
    [['-host', 'localhost:7001'], /-host.*without port/],
    [
      ['-bind', '::1', '-host', 'localhost'],
      /IPv4 address .*\(-host localhost\).* IPv6 only; .*-host ::1, or -bind ::/,
    ],
    [
      ['-host', '::1'],
      /IPv6 address .*\(-host ::1\), but -bind 127\.0\.0\.1 listens on IPv4 only; .*-bind ::/,
    ],
    [['-bind', '0.0.0.0', '-host', '2001:db8::7'], /-bind 0\.0\.0\.0 listens on IPv4 only/],
    [
      ['-protocol', 'swarm', '-bind', '::1'],
      /get the IPv4 address that the tracker sees \(-tracker localhost:5100\), but -bind ::1 .*write -bind ::/,
    ],
    [
      ['-protocol', 'swarm', '-tracker', '[2001:db8::1]:7001'],
      /IPv6 address that the tracker sees \(-tracker \[2001:db8::1\]:7001\)/,
    ],
  ])('%s is a mistake with its remedy', (options, words) => {
    expect(mistake(() => readClientOptions([...classic, ...options]))).toMatch(words);
  });
});
