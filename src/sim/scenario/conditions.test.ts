import { describe, expect, test } from 'vitest';
import { mistakeLines, parse, planOf, small } from './fixture.ts';

/** Seven peers, of whom the seeder comes late; all must complete. */
const peers = `peers:
  seeder: { holds: all, arrival: { at: 500ms } }
  a: { }
  leechers: { count: 5 }
time_limit: 10s
`;
const accepted = (lines: string) => parse(`${small}${peers}${lines}`);
/** Without their places. */
const mistakes = (lines: string): string[] =>
  mistakeLines(`${small}${peers}${lines}`).map((line) => line.replace(/^\d+:\d+ /, ''));
const faultsWhen = (...conditions: readonly string[]): string =>
  `faults:\n${conditions.map((text) => `  - { when: "${text}", pause: a }\n`).join('')}`;
const abortOn = (...conditions: readonly string[]): string => `abort_on: ${JSON.stringify(conditions)}\n`;

describe('a condition that can never hold is a mistake', () => {
  const never = [
    'completed >= 99',
    'completed(a) > 100%',
    'progress(a) > 100%',
    'alive < 0',
    'joined(leechers) > 5',
    'joined(leechers) == 33%',
    'availability > 99',
    'elapsed > 1h',
    'elapsed >= 10s',
    'progress(seeder) >= 0%',
  ];
  const told = [
    'there are 7 of them; compare with 7 or less',
    'completed is 0% to 100%; compare with 0% to below 100%',
    'progress is 0% to 100%; compare with 0% to below 100%',
    'alive is 0 to 7; compare with above 0 to 7',
    'there are 5 of them; compare with 4 or less',
    'joined is 0% to 100%; compare with 0% to 100%',
    'availability is 0 to 7; compare with 0 to below 7',
    'elapsed is 0s to 10s; compare with 0s to below 10s',
    'elapsed is 0s to 10s; compare with above 0s to below 10s',
    'these peers hold everything at the start, so they make no progress; name other peers, as in completed(leechers) >= 50%',
  ];

  test('where a fault begins by it', () => {
    expect(mistakes(faultsWhen(...never))).toEqual(
      told.map((text, at) => `faults.${at}.when: can never hold: ${text}`),
    );
  });

  test('where the run is given up by it', () => {
    expect(mistakes(abortOn(...never))).toEqual(
      told.map((text, at) => `abort_on.${at}: can never hold: ${text}`),
    );
  });

  test('with the place in the file', () => {
    expect(mistakeLines(`${small}${peers}${faultsWhen('completed >= 99')}`)[0]).toMatch(
      /^8:13 faults\.0\.when/,
    );
  });

  test('also when it is about those that must complete, and nobody must', () => {
    const text = `${small}peers: { seeder: { holds: all, must_complete: false } }\nabort_on: [completed >= 1]\n`;
    expect(mistakeLines(text)).toEqual([
      '3:12 abort_on.0: can never hold: without a set it means the peers that must complete, but there are none; name other peers, as in completed(leechers) >= 50%',
    ]);
  });
});

describe('a condition that holds at the start', () => {
  test('may begin a fault', () => {
    const { faults } = accepted(faultsWhen('elapsed >= 0s', 'progress < 50%', 'completed(leechers) == 0'));
    expect(faults).toHaveLength(3);
  });

  test('is a mistake where the run is given up by it', () => {
    const always = 'always holds, and the run would end at once:';
    const start =
      'holds at the start, and the run would end at once; use a condition that holds later, such as elapsed > 30s';
    expect(
      mistakes(
        abortOn(
          'elapsed >= 0s',
          'alive <= 7',
          'availability < 99',
          'elapsed < 5s',
          'progress < 50%',
          'completed(leechers) == 0',
          // The seeder is not there yet.
          'alive < 7',
          'alive(seeder) < 1',
          'availability >= 1',
        ),
      ),
    ).toEqual([
      `abort_on.0: ${always} elapsed is 0s to 10s; compare with above 0s to below 10s`,
      `abort_on.1: ${always} alive is 0 to 7; compare with 0 to below 7`,
      `abort_on.2: ${always} availability is 0 to 7; compare with above 0 to 7`,
      ...[3, 4, 5, 6, 7, 8].map((at) => `abort_on.${at}: ${start}`),
    ]);
  });

  test('is not taken for one that comes to hold, be it at the edge', () => {
    const { abortOn: conditions } = accepted(
      abortOn(
        'availability < 1',
        'alive < 6',
        'alive(leechers) < 100%',
        'joined >= 7',
        'completed == 100%',
        'progress(leechers) >= 100%',
        'elapsed > 9.9s',
        'joined(leechers) == 20%',
      ),
    );
    expect(conditions).toHaveLength(8);
  });
});

describe('thresholds that tell nothing', () => {
  test('are mistakes with place and proposal', () => {
    expect(
      mistakeLines(`${small}${peers}expect:
  - waste < 200%
  - waste < 2
  - integrity == 100
  - efficiency > 80
  - leechers.completed >= 4
  - a/1.progress > 100%
  - overhead < 2
  - fairness <= 1
  - availability.min > 7
  - completion.min >= 1min
`),
    ).toEqual([
      '8:13 expect.0: can never fail: waste is 0% to 100%; compare with above 0% to 100%',
      '9:13 expect.1: can never fail: waste is 0% to 100%; did you mean 2%?',
      '10:18 expect.2: can never hold: integrity is 0% to 100%; did you mean 100%?',
      '11:18 expect.3: can never hold: efficiency is 0% to 150%; did you mean 80%?',
      '12:27 expect.4: can never hold: leechers.completed is 0% to 100%; did you mean 4%?',
      '13:20 expect.5: can never hold: a/1.progress is 0% to 100%; compare with 0% to below 100%',
      '14:16 expect.6: 2 is 200%; write 2% or 200%',
      '15:17 expect.7: can never fail: fairness is 0 to 1; compare with 0 to below 1',
      '16:24 expect.8: can never hold: availability.min is 0 to 7; compare with 0 to below 7',
      '17:23 expect.9: can never hold: completion.min is 0s to 10s; compare with above 0s to 10s',
    ]);
  });

  test('are not those that hold for all but one value, or only by a leak of the links', () => {
    const { expect: thresholds } = accepted(
      'expect: [waste < 100%, completed == 100%, efficiency <= 100%, overhead < 200%, makespan < 1min, bans == 0]',
    );
    expect(thresholds).toHaveLength(6);
  });
});

describe('whom a threshold is about', () => {
  test('is written as in faults: peers by number, in a group of one too, and all', () => {
    const { expect: thresholds } = accepted(
      `expect: [a/1.completion < 5s, a.completion < 5s, all.completion.max < 5s, leechers/2-3.waste < 2%]
faults: [{ pause: a/1 }, { pause: all }, { pause: leechers/2-3 }]`,
    );
    expect(thresholds.map(({ metric }) => metric)).toEqual([
      'a/1.completion',
      'a.completion',
      '(all).completion.max',
      '(leechers/2-3).waste',
    ]);
    const sets = planOf(`${small}${peers}expect: [all.completion.max < 5s, leechers/2-3.waste < 2%]`).sets;
    expect(sets).toMatchObject({ all: { length: 7 }, 'leechers/2-3': ['leechers/2', 'leechers/3'] });
    expect(mistakes('expect: [a/2.completion < 5s]')).toEqual([
      expect.stringContaining('"a/2.completion" is not a metric'),
    ]);
  });

  test('is the same peer when a sweep makes its group a group of one', () => {
    const { expect: thresholds } = accepted(`expect: [leechers/1.completion < 5s]
sweep: { product: { peers.leechers.count: [1, 2, 4] } }`);
    expect(thresholds).toHaveLength(1);
  });
});
