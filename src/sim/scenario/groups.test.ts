import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { mistakeLines, parse, planOf, small } from './fixture.ts';

const sizesOf = (text: string): unknown =>
  parse(`${small}${text}`).groups.map(({ name, count }) => [name, count]);

describe('shares of peers_total', () => {
  test('become whole peers that make the total', () => {
    expect(
      sizesOf(
        `peers_total: 50
peers: { seeder: { holds: all, count: 1 }, dsl: { share: 60% }, fibre: { share: 20% }, rest: { } }`.replace(
          'rest: { }',
          'others: { share: rest }',
        ),
      ),
    ).toEqual([
      ['seeder', 1],
      ['dsl', 30],
      ['fibre', 10],
      ['others', 9],
    ]);
    expect(
      sizesOf(
        'peers_total: 10\npeers: { a: { holds: all, share: 33.3% }, b: { share: 33.3% }, c: { share: 33.4% } }',
      ),
    ).toEqual([
      ['a', 3],
      ['b', 3],
      ['c', 4],
    ]);
  });

  test('always add up, each within a peer of its share', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 20, max: 5000 }),
        fc.array(fc.integer({ min: 10, max: 90 }), { minLength: 2, maxLength: 6 }),
        (total, weights) => {
          const sum = weights.reduce((all, weight) => all + weight, 0);
          const shares = weights.map((weight) => Math.floor((weight / sum) * 1e6) / 1e4);
          // The last share has what rounding the others left.
          shares[0] = Number((100 - shares.slice(1).reduce((all, share) => all + share, 0)).toFixed(4));
          const groups = shares.map((share, at) => `g${at}: { holds: all, share: ${share}% }`).join(', ');
          const counts = parse(`${small}peers_total: ${total}\npeers: { ${groups} }`).groups.map(
            ({ count }) => count,
          );
          expect(counts.reduce((all, count) => all + count, 0)).toBe(total);
          for (const [at, count] of counts.entries())
            expect(Math.abs(count - (shares[at]! / 100) * total)).toBeLessThan(1);
        },
      ),
      { numRuns: 100 },
    );
  });

  test('that do not fit are told with place and fix', () => {
    expect(
      mistakeLines(`${small}peers_total: 10
peers: { seeder: { holds: all }, a: { share: 50% }, b: { share: 1% } }`),
    ).toEqual([
      '2:14 peers_total: is 10, but the groups make 6; give one group share: rest',
      '3:65 peers.b.share: leaves no peer of the 10 for this group; raise peers_total, or change the shares',
    ]);
    expect(mistakeLines(`${small}peers: { a: { holds: all, share: 50% } }`)).toEqual([
      '2:34 peers.a.share: is a share, but there is no peers_total; add peers_total, or use count',
    ]);
    expect(
      mistakeLines(
        `${small}peers_total: 9\npeers: { a: { holds: all, share: rest }, b: { share: rest }, c: { count: 2, share: 5% } }`,
      ),
    ).toEqual(['3:62 peers.c: count and share exclude each other; keep one']);
    expect(
      mistakeLines(`${small}peers_total: 9\npeers: { a: { holds: all, share: rest }, b: { share: rest } }`),
    ).toEqual(['3:54 peers.b.share: rest is also the share of a; give one of them a share']);
    expect(mistakeLines(`${small}peers_total: 9\npeers: { a: { holds: all } }`)).toEqual([
      '2:14 peers_total: is 9, but the groups make 1; remove it, or change a count',
    ]);
  });
});

test('more peers than there may be are refused before they are made', () => {
  const parts = (name: string): string =>
    Array.from({ length: 90 }, (_, at) => `${name}${at}: {}`).join(', ');
  expect(
    mistakeLines(
      `${small}peers: { seeder: { holds: all }, g: { combine: { locations: { ${parts('l')} }, profiles: { ${parts('p')} }, per_combination: 9 } } }`,
    ),
  ).toEqual(['2:1 peers: 72901 peers in all; allowed: up to 10000']);
});

describe('combine', () => {
  const combined = `${small}defaults: { link: { down: 8MB/s } }
peers:
  seeder: { holds: all }
  home:
    link: { latency: 1ms, jitter: 1ms }
    combine:
      locations: { near: { link: { latency: 5ms } }, far: { link: { latency: 90ms }, arrival: { at: 1s } } }
      profiles: { dsl: { link: { up: 1MB/s } }, fibre: { link: { up: 9MB/s } } }
      per_combination: 2
faults: [{ pause: far }, { pause: home & dsl - home-near-dsl/1 }]
expect: [home-far-fibre.completion.max < 9s]
`;

  test('makes a group of each location with each profile, the more particular word winning', () => {
    const plan = planOf(combined);
    expect(plan.peers.map(({ name, link }) => [name, link.latencyMs, link.upBytesPerSec])).toEqual([
      ['seeder', 0, null],
      ['home-near-dsl/1', 5, 1e6],
      ['home-near-dsl/2', 5, 1e6],
      ['home-near-fibre/1', 5, 9e6],
      ['home-near-fibre/2', 5, 9e6],
      ['home-far-dsl/1', 90, 1e6],
      ['home-far-dsl/2', 90, 1e6],
      ['home-far-fibre/1', 90, 9e6],
      ['home-far-fibre/2', 90, 9e6],
    ]);
    expect(plan.peers[1]!.link).toMatchObject({
      downBytesPerSec: 8e6,
      jitterMs: { kind: 'uniform', max: 1 },
    });
    expect(plan.peers[5]!.sessions[0].joinMs).toBe(1000);
    expect(plan.faults.map(({ effect }) => 'peers' in effect && effect.peers)).toEqual([
      ['home-far-dsl/1', 'home-far-dsl/2', 'home-far-fibre/1', 'home-far-fibre/2'],
      ['home-near-dsl/2', 'home-far-dsl/1', 'home-far-dsl/2'],
    ]);
  });

  test('refuses what location and profile both say, and names that mean two things', () => {
    expect(
      mistakeLines(`${small}peers:
  seeder: { holds: all }
  home:
    count: 3
    combine:
      locations: { near: { link: { up: 1MB/s } } }
      profiles: { dsl: { link: { up: 2MB/s } } }
`),
    ).toEqual([
      '4:3 peers.home: count and combine exclude each other; keep one; combine.per_combination is the number of peers',
    ]);
    expect(
      mistakeLines(`${small}peers:
  dsl: { holds: all }
  home:
    combine:
      locations: { near: { link: { up: 1MB/s } }, dsl: {}, 1x: {} }
      profiles: { dsl: { link: { up: 2MB/s } } }
`),
    ).toEqual([
      '6:60 peers.home.combine.locations.1x: "1x" cannot be the name of a location; begin with a letter; then use letters, digits, - or _, 40 at most; "tracker", "all" and "rest" are taken',
    ]);
    expect(
      mistakeLines(`${small}peers:
  dsl: { holds: all }
  home:
    combine:
      locations: { near: { link: { up: 1MB/s } }, dsl: {} }
      profiles: { dsl: { link: { up: 2MB/s } } }
`),
    ).toEqual([
      '3:3 peers.dsl: "dsl" names both a group and a region, location or profile; rename one of them; both mean home-dsl-dsl',
      '7:19 peers.home.combine.profiles.dsl: "dsl" is also a location; give it another name',
      '7:34 peers.home.combine.profiles.dsl.link.up: profiles.dsl.link.up and locations.near.link.up exclude each other; keep one of the two',
    ]);
  });
});

describe('a trace', () => {
  const traced = (group: string): string => `${small}peers: { seeder: { holds: all }, g: { ${group} } }`;

  test('gives each peer its row', () => {
    const rows = 'trace: [{ join: 1s, leave: 2.5s }, { join: 2s }]';
    const [, first, second] = planOf(traced(`arrival: { ${rows}, how: crash }`)).peers;
    expect(first).toMatchObject({
      name: 'g/1',
      sessions: [{ joinMs: 1000, leave: { how: 'crash', from: 'start', afterMs: 2500 } }],
    });
    expect(second).toMatchObject({ sessions: [{ joinMs: 2000, leave: null }] });
    expect(planOf(traced(`count: 1, arrival: { ${rows} }`)).peers).toHaveLength(2);
  });

  test('that does not fit is told with place and fix', () => {
    expect(mistakeLines(traced('count: 3, arrival: { trace: [{ join: 1s, leave: 500ms }] }'))).toEqual([
      '2:87 peers.g.arrival.trace.0.leave: is before join; swap the two',
    ]);
    expect(
      mistakeLines(
        traced('count: 3, session: { leave: { after: 1s } }, arrival: { trace: [{ join: 1s, leave: 2s }] }'),
      ),
    ).toEqual([
      '2:95 peers.g.arrival.trace: has 1 rows for 3 peers; set count: 1, or add rows',
      '2:95 peers.g.arrival.trace: a trace with times of leaving and session.leave exclude each other; remove session.leave, or leave from the trace',
    ]);
    expect(mistakeLines(traced('arrival: { spaced: 1s, trace: [{ join: 1s }], how: crash }'))).toEqual([
      '2:39 peers.g.arrival: spaced and trace exclude each other; keep one',
    ]);
    expect(mistakeLines(traced('arrival: { spaced: 1s, how: crash }'))).toEqual([
      '2:67 peers.g.arrival.how: has no effect without trace; use session.leave.how, or add trace',
    ]);
  });
});

describe('a session', () => {
  const sessionsOf = (session: string): unknown =>
    planOf(`${small}peers: { seeder: { holds: all }, g: { session: ${session} } }`).peers[1]!.sessions;

  test('ends at once on completion, or after a seeding time that is drawn', () => {
    expect(sessionsOf('{ leave: { from: completion } }')).toEqual([
      { joinMs: 0, leave: { how: 'graceful', from: 'completion', afterMs: 0, keepChunks: true } },
    ]);
    expect(
      sessionsOf('{ leave: { from: completion, after: { exponential: { mean: 5s } }, how: crash } }'),
    ).toMatchObject([{ leave: { how: 'crash', from: 'completion' } }]);
  });

  test('may come again several times, each stay and absence drawn anew, the last to the end', () => {
    const stays = sessionsOf(
      '{ leave: { after: { weibull: { scale: 2s, shape: 0.5 } } }, return: { after: { uniform: { min: 1s, max: 2s } }, times: 3 } }',
    ) as { joinMs: number; leave: { afterMs: number } | null }[];
    expect(stays).toHaveLength(4);
    expect(stays.at(-1)!.leave).toBeNull();
    const lengths = stays.slice(0, 3).map(({ joinMs, leave }) => leave!.afterMs - joinMs);
    expect(new Set(lengths).size).toBe(3);
    const times = stays.flatMap(({ joinMs, leave }) => [joinMs, leave?.afterMs ?? Infinity]);
    expect(times).toEqual([...times].sort((a, b) => a - b));
  });

  test('with a mistake is told with place and fix', () => {
    const session = (text: string): string =>
      `${small}peers: { seeder: { holds: all }, g: { session: ${text} } }`;
    expect(mistakeLines(session('{ leave: { how: crash } }'))).toEqual([
      '2:50 peers.g.session.leave.after: is missing; write for example after: 2s, or from: completion',
    ]);
    expect(
      mistakeLines(session('{ leave: { from: start, after: 1s }, return: { after: 1s, times: 2 } }')),
    ).toEqual([
      '2:106 peers.g.session.return.times: times and from: start exclude each other: only the first leave can count from the start; use from: join',
    ]);
  });
});
