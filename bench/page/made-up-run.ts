/** Runs of any size without a run: every peer gets every chunk, from one of thirty others. */
import type { SwarmEvent } from '../../src/core/events.ts';
import { at, peerRecord, plannedPeer, planOf, recordOf, traffic } from '../../src/sim/measure/fixture.ts';
import type { RunRecord } from '../../src/sim/engines/engine.ts';
import { unlimitedLink, type Plan } from '../../src/sim/plan/plan.ts';
import type { PageSize } from './cases.ts';

const CHUNK_BYTES = 65_536;
const TURN_MS = 100;
const GROUPS = ['north', 'south', 'east'];

export interface MadeUpRun {
  readonly plan: Plan;
  readonly record: RunRecord;
  readonly events: Iterable<SwarmEvent>;
}

export function madeUpRun({ peers, chunks }: PageSize): MadeUpRun {
  const link = { ...unlimitedLink, upBytesPerSec: 1e6, downBytesPerSec: 4e6 };
  const leechers = Array.from({ length: peers - 1 }, (_, one) =>
    plannedPeer(`${GROUPS[one % GROUPS.length]!}/${one + 1}`, { link }),
  );
  const totalBytes = chunks * CHUNK_BYTES;
  const plan = planOf([plannedPeer('seeder', { holds: { kind: 'all' }, link }), ...leechers], {
    content: { kind: 'generated', totalChunks: chunks, totalBytes, chunkBytes: CHUNK_BYTES, seed: 'c' },
  });
  const names = plan.peers.map(({ name }) => name);
  const record = recordOf(
    [],
    names.map((name) =>
      peerRecord(name, {
        traffic: traffic({ payloadSentBytes: totalBytes, payloadReceivedBytes: totalBytes }),
      }),
    ),
    {
      elapsedMs: chunks * TURN_MS + 80,
      chunkBytes: Array.from({ length: chunks }, () => CHUNK_BYTES),
    },
  );
  return { plan, record, events: eventsOf(names, chunks) };
}

/** In an order and with delays that are not regular. */
function* eventsOf(names: readonly string[], chunks: number): Generator<SwarmEvent> {
  for (const [peer, name] of names.entries()) {
    const heldChunks = peer === 0 ? chunks : 0;
    yield {
      type: 'peer-joined',
      atMs: 0,
      peer: name,
      address: at(peer + 1),
      protocol: 'swarm',
      heldChunks,
      totalChunks: chunks,
    };
  }
  for (let turn = 1; turn <= chunks; turn++) {
    for (let peer = 1; peer < names.length; peer++) {
      const index = ((turn * 7919 + peer) % chunks) + 1;
      const from = at(((peer * 37 + 997 * ((turn * peer) % 30)) % names.length) + 1);
      const atMs = turn * TURN_MS + (80 * peer) / names.length;
      const tookMs = 50 + ((turn * 31 + peer * 17) % 800);
      yield { type: 'chunk-received', atMs, peer: names[peer]!, index, from, bytes: CHUNK_BYTES, tookMs };
      if (turn === chunks) yield { type: 'peer-completed', atMs, peer: names[peer]! };
    }
  }
}
