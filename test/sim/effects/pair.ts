/** One seeder and one leecher, each by a link of its own. */
import { runYaml, type EffectRun } from './effect.ts';

/** No run of theirs can be faster than their links, and each may be slower. */
export function runPair(seederLink: string, leecherLink = '{}', size = '64KiB'): Promise<EffectRun> {
  return runYaml(`
content: { generate: { size: ${size}, chunk_size: 8KiB } }
peers:
  seeder: { holds: all, link: ${seederLink} }
  leecher: { link: ${leecherLink} }
`);
}

/** A late timer may make up for 20 ms of the rate, and the first block is there at once. */
export const AHEAD_MS = 30;

export const makespanMs = ({ result }: EffectRun): number => result.swarm.makespanMs!;
