import { describe, expect, test } from 'vitest';
import { mistakeLines, parse, planOf, small } from '../scenario/fixture.ts';
import { expand } from '../expand/expand.ts';
import { parsePlan } from '../saved-plan/parse-plan.ts';
import type { PlannedSession } from './plan.ts';

const swarm = (group: string, more = ''): string =>
  `${small}peers: { seeder: { holds: all }, g: ${group} }\n${more}`;
const linkOf = (link: string, more = ''): string => swarm(`{ count: 40, link: ${link} }`, more);
const far = '{ lognormal: { median: 9s, sigma: 3 } }';

describe('a draw is kept within the range of its key, and the plan says of how many that was so:', () => {
  test('latencies', () => {
    const { peers, notices } = planOf(linkOf(`{ latency: ${far} }`, 'time_limit: 1h'));
    const limited = peers.filter(({ link }) => link.latencyMs === 60_000).length;
    expect(limited).toBeGreaterThan(1);
    expect(peers.every(({ link }) => link.latencyMs <= 60_000)).toBe(true);
    expect(notices).toEqual([`g: ${limited} of 40 latencies were limited to 60 s`]);
  });

  test('rates, from below and from above', () => {
    const { peers, notices } = planOf(
      linkOf('{ up: { exponential: { mean: 2kbit/s } }, down: { pareto: { min: 50Gbit/s, alpha: 1 } } }'),
    );
    const links = peers.slice(1).map(({ link }) => link);
    const low = links.filter(({ upBytesPerSec }) => upBytesPerSec === 125).length;
    const high = links.filter(({ downBytesPerSec }) => downBytesPerSec === 12.5e9).length;
    expect(links.every(({ upBytesPerSec }) => upBytesPerSec! >= 125)).toBe(true);
    expect(notices).toEqual([
      `g: ${low} of 40 upload rates were raised to 1 kbit/s`,
      `g: ${high} of 40 download rates were limited to 100 Gbit/s`,
    ]);
  });

  test('changes of a link, and a group of one', () => {
    const change = `{ changes: [{ at: 1s, latency: { pareto: { min: 59s, alpha: 0.01 } } }] }`;
    const { peers, notices } = planOf(swarm(`{ link: ${change} }`));
    expect(peers[1]!.link.changes[0]!.latencyMs).toBe(60_000);
    expect(notices).toEqual(['g: the changed latency was limited to 60 s']);
  });

  test('lengths of faults and of stays', () => {
    const long = '{ pareto: { min: 20h, alpha: 0.01 } }';
    const { faults, notices } = planOf(
      swarm(
        `{ session: { leave: { after: ${long} } } }`,
        `faults: [{ name: x, at: 1s, for: ${long}, pause: g }]`,
      ),
    );
    expect(faults[0]!.forMs).toBe(24 * 3600 * 1000);
    expect(notices).toEqual([
      'g: the time until leaving was limited to 24 h',
      'fault x: the length was limited to 24 h',
    ]);
  });

  test('nothing, when all are within', () => {
    const link = '{ latency: { uniform: { min: 0s, max: 60s } } }';
    expect(planOf(linkOf(link, 'time_limit: 1h'))).not.toHaveProperty('notices');
  });
});

describe('what comes only after the end of the run is told in the plan:', () => {
  test('joins, and whether the run waits for them', () => {
    const late = 'would join after the run has ended, at 1 min 00 s at the latest';
    expect(planOf(swarm('{ count: 5, arrival: { spaced: 20s } }')).notices).toEqual([
      `g: 2 of 5 peers ${late}: they never join, and the run waits for them`,
    ]);
    const idle = '{ count: 4, must_complete: false, arrival: { spaced: 20s } }';
    expect(planOf(swarm(idle)).notices).toEqual([`g: 1 of 4 peers ${late}: it never joins`]);
    const { peers, notices } = planOf(swarm('{ count: 9, arrival: { poisson: { rate: 1/h } } }'));
    const absent = peers.filter(({ sessions }) => sessions[0].joinMs >= 60_000).length;
    expect(notices).toEqual([`g: ${absent} of 9 peers ${late}: they never join, and the run waits for them`]);
  });

  test('what comes after a condition on the elapsed time has given the run up', () => {
    const session = '{ leave: { after: 30s }, return: { after: { uniform: { min: 1s, max: 2s } } } }';
    const { notices } = planOf(swarm(`{ count: 3, session: ${session} }`, 'abort_on: [elapsed > 20s]'));
    expect(notices).toBeUndefined();
    const early = planOf(
      swarm(`{ count: 3, session: ${session.replace('30s', '19s')} }`, 'abort_on: [elapsed > 20s]'),
    );
    expect(early.notices).toEqual([
      'g: 3 of 3 peers would come back after the run has ended, at 20 s at the latest: they stay away',
    ]);
  });

  test('returns', () => {
    const session = '{ leave: { after: 1s }, return: { after: { uniform: { min: 1s, max: 2h } } } }';
    const { peers, notices } = planOf(swarm(`{ count: 30, session: ${session} }`));
    const isLate = (session: PlannedSession | undefined): boolean =>
      session !== undefined && 'joinMs' in session && session.joinMs >= 60_000;
    const away = peers.filter(({ sessions }) => isLate(sessions[1])).length;
    expect(notices).toEqual([
      `g: ${away} of 30 peers would come back after the run has ended, at 1 min 00 s at the latest: they stay away`,
    ]);
  });

  test('returns after a completion that come too late even for who completes at once', () => {
    const after = '{ uniform: { min: 1s, max: 2min } }';
    const session = `{ leave: { from: completion, after: ${after} }, return: { after: ${after}, times: 2 } }`;
    const { peers, notices } = planOf(swarm(`{ count: 30, arrival: { at: 1s }, session: ${session} }`));
    const away = peers.filter(({ sessions: [first, ...returns] }) => {
      let leaveMs = first.joinMs + (first.leave?.afterMs ?? Infinity);
      return returns.some((session) => {
        const joinMs = leaveMs + ('awayMs' in session ? session.awayMs : Infinity);
        const isLate = leaveMs < 60_000 && joinMs >= 60_000;
        leaveMs = joinMs + (session.leave?.afterMs ?? Infinity);
        return isLate;
      });
    });
    expect(away.length).toBeGreaterThan(1);
    expect(away.length).toBeLessThan(29);
    expect(notices).toEqual([
      `g: ${away.length} of 30 peers would come back after the run has ended, at 1 min 00 s at the latest: they stay away`,
    ]);
  });

  test('faults, their repetitions, and returns from a crash', () => {
    const drawn = '{ uniform: { min: 59s, max: 20h } }';
    const { notices } = planOf(
      swarm(
        '{ count: 3 }',
        `faults:
  - { name: a, at: ${drawn}, for: 1s, pause: g/1 }
  - { name: b, at: 1s, for: 1s, every: 10s, times: 9, pause: g/2 }
  - { name: c, at: 1s, crash: { peers: g/3, return_after: ${drawn.replace('59s', '58s')} } }
  - { name: d, at: 0s, for: 1s, every: 10s, pause: g/1 }`,
      ),
    );
    expect(notices).toEqual([
      'fault a would begin after the run has ended, at 1 min 00 s at the latest: it never begins',
      'fault b: 3 of 9 times it would begin after the run has ended, at 1 min 00 s at the latest',
      'fault c: its peers would come back after the run has ended, at 1 min 00 s at the latest: they stay away',
    ]);
  });
});

test('times that are written as they are and can only come too late are mistakes', () => {
  const back = 'would come back after the end of the run at 1 min 00 s';
  const fix = 'raise time_limit, or leave or come back earlier';
  const returning = (session: string): string[] => mistakeLines(swarm(`{ session: ${session} }`));
  expect(returning('{ leave: { after: 1s }, return: { after: 90s } }')).toEqual([
    expect.stringContaining(`peers.g.session.return.after: ${back}; ${fix}`),
  ]);
  expect(returning('{ leave: { after: 50s }, return: { after: 10s } }')).toHaveLength(1);
  expect(returning('{ leave: { from: completion, after: 50s }, return: { after: 10s } }')).toHaveLength(1);
  for (const from of ['join', 'completion']) {
    const session = `{ leave: { from: ${from}, after: 50s }, return: { after: 9s } }`;
    expect(parse(swarm(`{ session: ${session} }`)).groups).toHaveLength(2);
  }
  const hit = (fault: string): string[] => mistakeLines(swarm('{}', `faults: [${fault}]`));
  expect(hit('{ at: 40s, crash: { peers: g, return_after: 30s } }')).toEqual([
    expect.stringContaining(
      `faults.0.crash.return_after: ${back}; raise time_limit, crash or return earlier`,
    ),
  ]);
  expect(hit('{ when: progress > 5%, delay: 60s, for: 1s, pause: g }')).toEqual([
    expect.stringContaining('faults.0.delay: would begin after the end of the run at 1 min 00 s'),
  ]);
});

test('a plan with notices is read back as it was', () => {
  const plan = expand(parse(swarm('{ count: 4, arrival: { spaced: 20s } }')));
  expect(plan.notices).toHaveLength(1);
  expect(parsePlan(JSON.stringify(plan), 'plan.json')).toEqual(plan);
});
