/** Kurose & Ross: distribution time against the number of peers, by a server alone and by the peers together. */
import { around, ROUNDING, type Comparison, type Paper, type PaperCase } from './paper.ts';

/** F/u: an hour of the book is a minute here. */
const FILE_BY_PEER_MS = 60_000;
/** u_s / u. */
const SERVER_RATE = 10;

/** d_min ≥ u_s, so a downlink never decides. */
function peerToPeerMs(n: number): number {
  return FILE_BY_PEER_MS * Math.max(1 / SERVER_RATE, n / (SERVER_RATE + n));
}

function clientServerMs(n: number): number {
  return (FILE_BY_PEER_MS * n) / SERVER_RATE;
}

function makespan(run: string, boundMs: number, above: number): Comparison {
  return {
    figure: `${run} makespan`,
    unit: 'ms',
    by: 'formula',
    ...around(boundMs, ROUNDING, above),
    measure: (runs) => runs[run]!.result.swarm.makespanMs,
  };
}

function point(n: number): PaperCase {
  const peers = `peers.leechers.count=${n}`;
  return {
    name: `N = ${n}`,
    runs: {
      'peer-to-peer': [peers],
      // Nobody but the server uploads.
      'client-server': [peers, 'faults=[{ free_ride: leechers }]'],
    },
    repeats: 3,
    ...(n === 10 && { isSmoke: true }),
    comparisons: [
      makespan('peer-to-peer', peerToPeerMs(n), 0.15),
      makespan('client-server', clientServerMs(n), 0.05),
    ],
  };
}

export const kuroseRoss: Paper = {
  name: 'kurose-ross-curves',
  authors: 'Kurose & Ross, Computer Networking, section 2.5',
  claim: 'The time of a server grows with N without limit, that of the swarm stays below an hour.',
  cases: [1, 5, 10, 20, 30, 35].map(point),
};
