import { expect, it } from 'vitest';
import { planOf, plannedPeer } from '../measure/fixture.ts';
import { unlimitedLink, type Plan } from '../plan/plan.ts';
import { renderPlanSummary } from './plan-summary.ts';

it('is empty when nothing but peers was asked for', () => {
  expect(renderPlanSummary(planOf([plannedPeer('a')]))).toBe('');
});

it('tells regions, links, faults with whom they are about, conditions and the arm', () => {
  const loss = { probability: 0.02, segmentBytes: 1448, timeoutMs: 200 };
  const condition = {
    text: 'completed(leechers) >= 50%',
    figure: { kind: 'completed', unit: 'share' },
    comparison: '>=',
    value: 0.5,
  } as const;
  const changes: Partial<Plan> = {
    regions: {
      names: ['europe', 'asia'],
      delayMs: [
        [5, 100],
        [100, 8],
      ],
    },
    faults: [
      {
        name: 'cut',
        when: { kind: 'time', atMs: 2000 },
        forMs: 1000,
        again: { everyMs: 5000, times: 2 },
        effect: { kind: 'partition', sides: [['a'], ['b', 'tracker']], oneWay: false },
      },
      {
        name: 'outage',
        when: { kind: 'condition', condition, delayMs: 500 },
        forMs: null,
        again: null,
        effect: {
          kind: 'crash',
          peers: ['1', '2', '3', '4', '5', '6', '7'],
          returnAfterMs: null,
          keepChunks: true,
        },
      },
    ],
    abortOn: [condition],
    variant: { arm: 'picker=random', parameters: { picker: 'random' }, repeat: 2 },
  };
  const peers = [plannedPeer('a', { link: { ...unlimitedLink, loss } }), plannedPeer('b')];
  expect(renderPlanSummary(planOf(peers, changes))).toMatchInlineSnapshot(`
    "## What was asked

    | one way, from ↓ to → | europe | asia |
    | --- | --: | --: |
    | europe | 5 ms | 100 ms |
    | asia | 100 ms | 8 ms |

    - 1 peer with loss, up to 2 % of the segments

    | fault | effect | when | for | again | whom |
    | --- | --- | --- | --- | --- | --- |
    | cut | partition | 2 s | 1 s | 2 × every 5 s | a \\| b, tracker |
    | outage | crash | 500 ms after completed(leechers) >= 50% | – | – | 1, 2, 3, 4, 5 and 2 more |

    Given up when \`completed(leechers) >= 50%\`.

    One run of an experiment: arm \`picker=random\`, repeat 2."
  `);
});
