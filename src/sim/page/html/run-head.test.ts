/** What the page says first of a run that was stopped, and of one that the machine decided. */
import { describe, expect, it } from 'vitest';
import { measuredSmallSwarm } from '../../measure/fixture.ts';
import type { RunResult } from '../../result/result.ts';
import { prose } from './markup.ts';
import { headlineInWords, renderVerdict } from './run-head.ts';

const { result } = measuredSmallSwarm();

describe('the headline', () => {
  it('says of a run that was interrupted when, that nothing was checked, and that no threshold was judged', () => {
    const stopped: RunResult = {
      ...result,
      ending: 'interrupted',
      elapsedMs: 9000,
      swarm: { ...result.swarm, makespanMs: null },
      verdict: { ...result.verdict, completedPeers: 2, intactPeers: 0 },
      peers: result.peers.map((peer) => ({ ...peer, integrity: 'unchecked' })),
      expectations: [
        {
          text: 'makespan < 5s',
          metric: 'makespan',
          unit: 'ms',
          outcome: 'inconclusive',
          measured: null,
          note: 'the run was interrupted',
        },
      ],
    };
    expect(headlineInWords(stopped)).toBe(
      'interrupted after 9 s; 2 of 3 peers complete, content not checked; no makespan; ' +
        '1 threshold not judged; trusted',
    );
  });

  it('does not call nobody verified, and counts who is intact where one is not', () => {
    const verdict = { ...result.verdict, completedPeers: 0, intactPeers: 0 };
    const peers = result.peers.map((peer) => ({ ...peer, completedMs: null }));
    expect(headlineInWords({ ...result, verdict, peers })).toMatch(/^0 of 3 peers complete; /);
    const one = { ...result.verdict, intactPeers: 2 };
    expect(headlineInWords({ ...result, verdict: one })).toMatch(/^3 of 3 peers complete, 2 intact; /);
  });
});

it('keeps options and quantities on one line, and shows them as text', () => {
  expect(prose('took 7.9 %, 3.02 s of 10 s: use --engine virtual, 1.1 × <b> of 3 sides').html).toBe(
    'took 7.9\u00a0%, 3.02\u00a0s of 10\u00a0s: use <span class="option">--engine</span> virtual, 1.1\u00a0× &lt;b&gt; of 3 sides',
  );
});

it('says once what helps against a machine that decided a run', () => {
  const trust = {
    ...result.trust,
    level: 'untrusted' as const,
    cause: 'it was late',
    remedy: 'use fewer peers',
  };
  const count = (reasons: readonly string[]): number =>
    renderVerdict({ ...result, trust, verdict: { ...result.verdict, reasons } }).html.split('use fewer peers')
      .length - 1;
  expect(count(['Untrusted: it was late. Remedy: use fewer peers.'])).toBe(1);
  expect(count([])).toBe(1);
});
