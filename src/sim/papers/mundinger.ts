/** Mundinger, Weber & Weiss: the fewest rounds in which a file of M chunks reaches N peers with equal uplinks. */
import { around, ROUNDING, type Paper, type PaperCase } from './paper.ts';

const CHUNK_KIB = 64;
/** 64 KiB at 4 Mbit/s. */
const ROUND_MS = (CHUNK_KIB * 1024 * 8) / 4000;

function fewestRounds(leechers: number, chunks: number): number {
  return chunks + Math.floor(Math.log2(leechers));
}

/** With few chunks the rounds in which most peers have nothing to pass on weigh most. */
function excess(leechers: number, chunks: number): number {
  if (chunks < 100) return 1;
  return leechers <= 64 ? 0.1 : 0.15;
}

function point(leechers: number, chunks: number, repeats: number): PaperCase {
  return {
    name: `N = ${leechers.toLocaleString('en')}, M = ${chunks.toLocaleString('en')}`,
    runs: {
      swarm: [
        `peers.leechers.count=${leechers}`,
        `content.generate.size=${chunks * CHUNK_KIB}KiB`,
        'time_limit=1h',
      ],
    },
    repeats,
    ...(leechers === 8 && chunks === 100 && { isSmoke: true }),
    comparisons: [
      {
        figure: 'rounds',
        unit: 'number',
        by: 'formula',
        ...around(fewestRounds(leechers, chunks), ROUNDING, excess(leechers, chunks)),
        measure: ({ swarm }) => {
          const { makespanMs } = swarm!.result.swarm;
          return makespanMs === null ? null : makespanMs / ROUND_MS;
        },
      },
    ],
  };
}

export const mundinger: Paper = {
  name: 'mundinger-rounds',
  authors: 'Mundinger, Weber & Weiss 2008',
  claim: 'M + floor(log2 N) rounds are the fewest, and decentralised policies come close.',
  cases: [
    ...[2, 8, 64, 256, 1024].map((n) => point(n, 1, 3)),
    ...[2, 8, 64, 256, 1024].map((n) => point(n, 10, n > 256 ? 1 : 3)),
    ...[2, 8, 16, 64, 256, 1024].map((n) => point(n, 100, n > 64 ? 1 : 3)),
    ...[2, 8, 16, 64].map((n) => point(n, 1000, n > 8 ? 1 : 2)),
  ],
};
