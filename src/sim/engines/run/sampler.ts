import { SECOND_MS } from '../../../core/units.ts';
import type { LiveSwarm } from '../../faults/condition.ts';
import type { GroupProgress, RunProgress, Sampling, SwarmSample } from '../engine.ts';
import type { NodeCounters } from './node-counters.ts';
import type { PeerState } from './peer-state.ts';

/** Samples kept of a run; above it every second one goes and the step doubles. */
const SAMPLES_MAX = 1200;
/** Long enough for a part of a chunk to come over a slow link. */
const RATE_WINDOW_MS = 2 * SECOND_MS;
export const SAMPLE_STEP_MS = 100;

/** Looks at the counters in equal steps, without the peers noticing. */
export class Sampler {
  readonly #peers: readonly PeerState[];
  readonly #counters: readonly NodeCounters[];
  readonly #totalChunks: number;
  readonly #missingBytes: readonly number[];
  readonly #recent: { readonly sample: SwarmSample; readonly receivedBytes: number }[] = [];
  #samples: SwarmSample[] = [];
  #keepEvery = 1;
  #taken = 0;
  #dropped = 0;
  #lookedMs = 0;

  readonly #waitsForSessions: boolean;

  readonly #tracker: Pick<NodeCounters, 'messagesReceived'>;

  /** @param counters of each peer, by position */
  constructor(
    peers: readonly PeerState[],
    counters: readonly NodeCounters[],
    tracker: Pick<NodeCounters, 'messagesReceived'>,
    chunkBytes: readonly number[],
    { waitsForSessions = false }: { readonly waitsForSessions?: boolean } = {},
  ) {
    this.#tracker = tracker;
    this.#waitsForSessions = waitsForSessions;
    this.#peers = peers;
    this.#counters = counters;
    this.#totalChunks = chunkBytes.length;
    this.#missingBytes = peers.map(({ held }) =>
      held.missing().reduce((sum, index) => sum + chunkBytes[index - 1]!, 0),
    );
  }

  get samples(): readonly SwarmSample[] {
    return this.#samples;
  }

  get sampling(): Sampling {
    return { taken: this.#taken, dropped: this.#dropped };
  }

  /** To be called every `SAMPLE_STEP_MS`. */
  take(atMs: number): SwarmSample {
    const sample = this.look(atMs);
    this.#dropped += missedBetween(this.#lookedMs, atMs);
    this.#lookedMs = atMs;
    if (this.#taken++ % this.#keepEvery === 0) this.#samples.push(sample);
    if (this.#samples.length > SAMPLES_MAX) {
      this.#samples = this.#samples.filter((_, at) => at % 2 === 0);
      this.#keepEvery *= 2;
    }
    this.#recent.push({ sample, receivedBytes: this.#sum('payloadReceivedBytes') });
    while (this.#recent.length > 2 && atMs - this.#recent[0]!.sample.atMs > RATE_WINDOW_MS)
      this.#recent.shift();
    return sample;
  }

  /** The last state of all, whatever the step. */
  end(atMs: number): void {
    this.#dropped += missedBetween(this.#lookedMs, atMs);
    this.#lookedMs = atMs;
    this.#samples = [...this.#samples.filter((sample) => sample.atMs < atMs), this.look(atMs)];
  }

  /** What was heard of peers after `end` and still belongs to the run. */
  settle(): void {
    const last = this.#samples.at(-1);
    if (last === undefined) return;
    const { peersCompleted, progress } = this.look(last.atMs);
    this.#samples = [...this.#samples.slice(0, -1), { ...last, peersCompleted, progress }];
  }

  look(atMs: number): SwarmSample {
    return {
      atMs,
      usefulBytes: this.#usefulBytes(),
      payloadSentBytes: this.#sum('payloadSentBytes'),
      controlSentBytes: this.#sum('controlSentBytes'),
      peersAlive: this.#peers.filter(({ phase }) => phase === 'present').length,
      peersCompleted: this.#peers.filter(({ mustComplete, complete }) => mustComplete && complete).length,
      progress: this.#progress(),
      trackerReceived: this.#tracker.messagesReceived,
    };
  }

  /** For conditions: what is known of each peer now. */
  live(): Omit<LiveSwarm, 'nowMs'> {
    const peers = this.#peers.map((peer, at) => {
      const { name, mustComplete, hasJoined, phase, complete, held } = peer;
      const wantedBytes = this.#missingBytes[at]!;
      const gotBytes = this.#gotBytes(at);
      return {
        name,
        mustComplete,
        hasJoined,
        isAlive: phase === 'present',
        complete,
        held,
        wantedBytes,
        gotBytes,
      };
    });
    return { totalChunks: this.#totalChunks, peers };
  }

  progress(): RunProgress {
    const last = this.#recent.at(-1)?.sample;
    const elapsedMs = (last?.atMs ?? 0) - (this.#recent[0]?.sample.atMs ?? 0);
    const receivedBytes = (this.#recent.at(-1)?.receivedBytes ?? 0) - (this.#recent[0]?.receivedBytes ?? 0);
    const peersToComplete = this.#peers.filter(({ mustComplete }) => mustComplete).length;
    return {
      atMs: last?.atMs ?? 0,
      completion: last?.progress ?? 0,
      waitingForSessions:
        this.#waitsForSessions && peersToComplete > 0 && last?.peersCompleted === peersToComplete,
      peersAlive: last?.peersAlive ?? 0,
      peersCompleted: last?.peersCompleted ?? 0,
      peersToComplete,
      bytesPerSec: elapsedMs > 0 ? (receivedBytes / elapsedMs) * SECOND_MS : 0,
      groups: this.#groups(),
    };
  }

  /** Of peers that must complete and lacked something at the start. */
  #groups(): GroupProgress[] {
    const sums = new Map<string, { wanted: number; had: number; completed: number; peers: number }>();
    for (const [at, { mustComplete, complete, planned }] of this.#peers.entries()) {
      const wanted = this.#missingBytes[at]!;
      if (!mustComplete || wanted === 0) continue;
      const sum = sums.get(planned.group) ?? { wanted: 0, had: 0, completed: 0, peers: 0 };
      sum.wanted += wanted;
      sum.had += this.#gotBytes(at);
      sum.completed += complete ? 1 : 0;
      sum.peers += 1;
      sums.set(planned.group, sum);
    }
    return [...sums].map(([name, { wanted, had, completed, peers }]) => ({
      name,
      completion: had / wanted,
      peersCompleted: completed,
      peersToComplete: peers,
    }));
  }

  #sum(field: keyof NodeCounters): number {
    return this.#counters.reduce((total, counters) => total + counters[field], 0);
  }

  /** Of what those who must complete lacked at the start, the share they hold. */
  #progress(): number {
    let had = 0;
    let wanted = 0;
    for (const [at, { mustComplete }] of this.#peers.entries()) {
      if (!mustComplete) continue;
      wanted += this.#missingBytes[at]!;
      had += this.#gotBytes(at);
    }
    return wanted === 0 ? 1 : had / wanted;
  }

  /** A killed thread may not have told of the last chunks, which count once the peer is known to have all. */
  #gotBytes(at: number): number {
    const { complete, gotBytes } = this.#peers[at]!;
    return complete ? this.#missingBytes[at]! : gotBytes;
  }

  /** What a peer that has lost its chunks fetches again is no use to the swarm. */
  #usefulBytes(): number {
    const refetched = this.#peers.reduce((sum, peer) => sum + peer.refetchedBytes, 0);
    return Math.max(0, this.#sum('usefulBytes') - refetched);
  }
}

/** A look that is late by less than a step misses none. */
function missedBetween(fromMs: number, toMs: number): number {
  return Math.max(0, Math.floor((toMs - fromMs) / SAMPLE_STEP_MS) - 1);
}
