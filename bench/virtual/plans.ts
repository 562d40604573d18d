import type { Plan } from '../../src/sim/plan/plan.ts';
import { planOfText } from '../plan-of-text.ts';
import type { VirtualSize } from './cases.ts';

/** Chunks of 256 KiB over uplinks of 10 Mbit/s. */
export function planOf({ peers, chunks, connections }: VirtualSize, seed: string): Plan {
  const policy = connections === undefined ? '' : `, policy: { max_connections: ${connections} }`;
  const text = `
content: { generate: { size: ${256 * chunks}KiB, chunk_size: 256KiB } }
defaults: { link: { up: 10Mbit/s }${policy} }
peers: { seeder: { holds: all }, leechers: { count: ${peers - 1} } }
time_limit: 1h
`;
  return planOfText(text, seed);
}
