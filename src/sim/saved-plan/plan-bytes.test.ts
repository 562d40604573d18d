import { expect, test } from 'vitest';
import { planOf, readFolder, small } from '../scenario/fixture.ts';
import { parsePlan } from './parse-plan.ts';

const distributions = [
  '{ uniform: { min: 1ms, max: 9ms } }',
  '{ normal: { mean: 9ms, sd: 1ms } }',
  '{ lognormal: { median: 9ms, sigma: 1 } }',
  '{ exponential: { mean: 9ms } }',
  '{ pareto: { min: 1ms, alpha: 2 } }',
  '{ samples: [1ms, 2ms] }',
  '2ms',
];

const peers = `peers:
  seeder: { holds: all, region: here, link: { up: 1MB/s, latency: 5ms, loss: { probability: 1% }, window: { bytes: 64KiB, slow_start: true } } }
  g: { count: 9, region: there, link: { down: 2MB/s, changes: [{ at: 2s, over: 1s, latency: 5ms, down: 1MB/s }] } }
  stays: { count: 2, must_complete: false, session: { leave: { how: crash, after: 2s }, return: { times: 2, after: 1s, keep_chunks: false } } }
  seeds: { count: 2, holds: { share: 50% }, session: { leave: { from: completion }, return: { times: 2, after: 1s } } }
  late: { count: 4, arrival: { spaced: 20s } }
  traced: { arrival: { trace: [{ join: 1s, leave: 4s }, { join: 2s }] } }
  spec: { protocol: spec, holds: [1, 3-4] }
${distributions.map((jitter, at) => `  jitter${at}: { link: { jitter: ${jitter} } }`).join('\n')}
`;

const faults = `faults:
  - { at: 1s, crash: { peers: g, count: 2, return_after: 3s, keep_chunks: false } }
  - { when: completed(g) >= 50%, delay: 1s, for: 2s, partition: { sides: [here + tracker, there], one_way: true } }
  - { when: joined >= 3, latency_spike: { peers: g, add: 50ms } }
  - { when: alive(g) < 3, slow_down: { peers: seeder, factor: 0.5 } }
  - { when: progress(g) > 10%, for: 1s, every: 5s, times: 3, pause: g/1 }
  - { when: elapsed > 3s, black_hole: g/2 }
  - { when: availability < 1.5, reset: { peers: seeder, probability: 50% } }
  - { at: { uniform: { min: 1s, max: 9s } }, for: { exponential: { mean: 2s } }, corrupt: { peers: g/3, probability: 5% } }
  - { lie: g/4 }
  - { free_ride: g/5 }
  - { disk_full: g/6 }
  - { slow_disk: { peers: g/7, rate: 100kB/s } }
  - { at: 2s, tracker_down: { forgets: true } }
`;

const ends = `expect: [(here + there).completion.p95 < 30s, there.waste < 2%, goodput > 1MB/s, seeder.uploaded > 1MiB, bans < 3, efficiency > 1%]
abort_on: [availability < 0.5, completed(g & there) >= 8, progress >= 99%]
regions: { delays: { here: { there: 40ms } } }
tracker: { edition: hashed, agreement: 1, announce_interval: 2s }
`;

test('a plan with all that a plan may have is read and written again byte for byte', () => {
  const plan = {
    ...planOf(`${small}${peers}${faults}${ends}`),
    variant: { arm: 'slots=4', parameters: { slots: 4, a: 'x' }, repeat: 2 },
  };
  expect(new Set(plan.faults.map(({ effect }) => effect.kind)).size).toBe(13);
  expect(plan.notices).not.toHaveLength(0);
  const text = JSON.stringify(plan, null, 2);
  expect(JSON.stringify(parsePlan(text, 'plan.json'), null, 2)).toBe(text);
});

test('a plan of folders is read and written again byte for byte', () => {
  const plan = planOf('content: { folders: [one, two, three] }\n');
  const text = JSON.stringify(plan, null, 2);
  expect(JSON.stringify(parsePlan(text, 'plan.json', { readFolder }), null, 2)).toBe(text);
});
