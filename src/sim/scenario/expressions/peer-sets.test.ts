import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { peerDirectory, selectPeers, unknownIn } from './peer-directory.ts';
import { readPeerSet, type PeerSet } from './peer-sets.ts';

const group = (name: string, count: number, region: string | null, labels: readonly string[] = []) => ({
  name,
  count,
  region,
  labels,
});
const directory = peerDirectory([
  group('seeder', 1, 'europe'),
  group('leechers', 4, 'europe'),
  group('free-riders', 2, 'asia'),
  group('home-europe-dsl', 2, null, ['home', 'europe-side', 'dsl']),
]);

function setOf(text: string): PeerSet {
  const reading = readPeerSet(text);
  if (!reading.ok) throw new Error(`${reading.at}: ${reading.message}`);
  return reading.set;
}

const namesOf = (text: string): readonly string[] => selectPeers(setOf(text), directory);

function mistakeOf(text: string): unknown {
  const reading = readPeerSet(text);
  const mistake = reading.ok ? unknownIn(reading.set, directory, false) : reading;
  return mistake === undefined ? undefined : [mistake.at, `${mistake.message}; ${mistake.suggestion}`];
}

describe('a set of peers', () => {
  test('is a group, a region, a part of a combination, a peer, several peers, or all', () => {
    expect(namesOf('leechers')).toEqual(['leechers/1', 'leechers/2', 'leechers/3', 'leechers/4']);
    expect(namesOf('asia')).toEqual(['free-riders/1', 'free-riders/2']);
    expect(namesOf('dsl')).toEqual(['home-europe-dsl/1', 'home-europe-dsl/2']);
    expect(namesOf('leechers/3')).toEqual(['leechers/3']);
    expect(namesOf('leechers/2-3')).toEqual(['leechers/2', 'leechers/3']);
    expect(namesOf('seeder/1')).toEqual(['seeder']);
    expect(namesOf('all')).toHaveLength(9);
    expect(namesOf('tracker + seeder')).toEqual(['seeder', 'tracker']);
  });

  test('is a union, a difference or an intersection, & before + and -, those from the left', () => {
    expect(namesOf('leechers + seeder - leechers/3')).toEqual([
      'seeder',
      'leechers/1',
      'leechers/2',
      'leechers/4',
    ]);
    expect(namesOf('leechers & europe')).toEqual(namesOf('leechers'));
    expect(namesOf('seeder + leechers & asia')).toEqual(['seeder']);
    expect(namesOf('(seeder + leechers) & asia')).toEqual([]);
    expect(namesOf('all - seeder - leechers')).toEqual(namesOf('free-riders + home'));
    expect(namesOf('all - (seeder - leechers)')).toHaveLength(8);
    expect(namesOf('free-riders/1+seeder')).toEqual(['seeder', 'free-riders/1']);
  });

  test('that cannot be read is told with its place and what to write', () => {
    expect(mistakeOf('leechers +')).toEqual([
      10,
      expect.stringMatching(/^ends where a set of peers should follow; write for example/),
    ]);
    expect(mistakeOf('leechers seeder')).toEqual([
      9,
      'there is no operator before "seeder"; put +, - or & between two sets',
    ]);
    expect(mistakeOf('(leechers')).toEqual([0, 'this ( is not closed; add )']);
    expect(mistakeOf('leechers)')).toEqual([8, expect.stringContaining('this ) closes nothing')]);
    expect(mistakeOf('& seeder')).toEqual([
      0,
      expect.stringContaining('there is no set of peers before "&"'),
    ]);
    expect(mistakeOf('leechers | seeder')).toEqual([9, expect.stringContaining('"|" is not allowed here')]);
    expect(mistakeOf('leechers/0')).toEqual([0, 'peers are numbered from 1; write leechers/1']);
    expect(mistakeOf('leechers/3-2')).toEqual([0, '3-2 goes backwards; write leechers/2-3']);
    expect(mistakeOf(' ')).toEqual([0, expect.stringContaining('names no peers')]);
  });

  test('with a name that nobody has is told with the nearest that there is', () => {
    expect(mistakeOf('seeder + leecher')).toEqual([
      9,
      'there is no group, region, location or profile "leecher"; did you mean "leechers"?',
    ]);
    expect(mistakeOf('leechers/5')).toEqual([0, 'there is no leechers/5; numbers are 1 to 4']);
    expect(mistakeOf('seeder/2')).toEqual([0, 'there is no seeder/2; write seeder']);
    expect(mistakeOf('europe/1')).toEqual([0, expect.stringContaining('europe is not a group')]);
    expect(mistakeOf('leechers-seeder')).toEqual([
      0,
      expect.stringContaining('for a difference write spaces: leechers - seeder'),
    ]);
    expect(mistakeOf('tracker')).toEqual([0, expect.stringContaining('the tracker is not allowed here')]);
  });

  test('obeys the laws of sets, and any text is a set or a mistake within it', () => {
    const name = fc.constantFrom(
      'leechers',
      'seeder',
      'europe',
      'asia',
      'all',
      'leechers/2',
      'free-riders/1-2',
    );
    fc.assert(
      fc.property(name, name, name, (a, b, c) => {
        expect(namesOf(`(${a} + ${b}) & ${c}`)).toEqual(namesOf(`${a} & ${c} + ${b} & ${c}`));
        expect(namesOf(`${a} - ${b}`)).toEqual(namesOf(`${a} - ${a} & ${b}`));
        expect(namesOf(`${c} - (${a} + ${b})`)).toEqual(namesOf(`${c} - ${a} - ${b}`));
      }),
    );
    const text = fc.oneof(
      fc.string(),
      fc
        .array(fc.constantFrom('leechers', '/', '2', '-', ' ', '+', '&', '(', ')', 'all', '/0'))
        .map((parts) => parts.join('')),
    );
    fc.assert(
      fc.property(text, (written) => {
        const reading = readPeerSet(written);
        if (reading.ok) return;
        expect(reading.at).toBeGreaterThanOrEqual(0);
        expect(reading.at).toBeLessThanOrEqual(written.length);
        expect(reading.suggestion).not.toBe('');
      }),
      { numRuns: 1000 },
    );
  });
});
