import { describe, expect, it } from 'vitest';
import type { PlannedPeer } from '../../plan/plan.ts';
import { emptyCounters } from './node-counters.ts';
import { PeerState } from './peer-state.ts';
import { SAMPLE_STEP_MS, Sampler } from './sampler.ts';

const CHUNK_BYTES = [100, 100, 100, 50];

function swarm() {
  const counters = [emptyCounters(), emptyCounters()];
  const planned = (name: string, mustComplete: boolean): PlannedPeer =>
    ({ name, group: `${name}s`, mustComplete, sessions: [] }) as unknown as PlannedPeer;
  const all = [1, 2, 3, 4];
  const peers = [
    new PeerState(planned('seeder', false), 0, 4, all),
    new PeerState(planned('leecher', true), 1, 4, all.slice(0, 1)),
  ];
  const tracker = emptyCounters();
  return { peers, counters, tracker, sampler: new Sampler(peers, counters, tracker, CHUNK_BYTES) };
}

describe('Sampler', () => {
  it('keeps how many messages have reached the tracker', () => {
    const { sampler, tracker } = swarm();
    sampler.take(0);
    tracker.messagesReceived = 3;
    sampler.end(100);
    expect(sampler.samples.map(({ trackerReceived }) => trackerReceived)).toEqual([0, 3]);
  });

  it('counts completion in the bytes that peers which must complete still lacked at the start', () => {
    const { sampler, counters, peers } = swarm();
    sampler.take(0);
    expect(sampler.progress()).toMatchObject({ completion: 0, peersToComplete: 1, peersCompleted: 0 });
    counters[1]!.usefulBytes = 100;
    peers[1]!.receive(2, 100);
    sampler.take(500);
    expect(sampler.progress()).toMatchObject({ completion: 0.4, atMs: 500 });
    // Who lacked nothing is in no group's progress.
    expect(sampler.progress().groups).toEqual([
      { name: 'leechers', completion: 0.4, peersCompleted: 0, peersToComplete: 1 },
    ]);
    peers[1]!.complete = true;
    sampler.take(600);
    expect(sampler.progress()).toMatchObject({ completion: 1, peersCompleted: 1 });
  });

  it('tells the rate of all that comes, also of chunks that are not whole yet', () => {
    const { sampler, counters } = swarm();
    sampler.take(0);
    counters[1]!.payloadReceivedBytes = 40;
    sampler.take(500);
    expect(sampler.progress()).toMatchObject({ completion: 0, bytesPerSec: 80 });
  });

  it('counts what a peer holds, not what it has fetched, when it loses its chunks', () => {
    const { sampler, counters, peers } = swarm();
    const leecher = peers[1]!;
    leecher.receive(2, 100);
    leecher.receive(3, 100);
    leecher.resetHeld();
    leecher.receive(2, 100);
    counters[1]!.usefulBytes = 300;
    expect(sampler.take(100)).toMatchObject({ progress: 0.4, usefulBytes: 200 });
    expect(sampler.progress().completion).toBe(0.4);
    expect(sampler.live().peers[1]).toMatchObject({ wantedBytes: 250, gotBytes: 100 });
  });

  it('counts the completion that was told only after the end', () => {
    const { sampler, peers } = swarm();
    sampler.take(0);
    sampler.end(100);
    peers[1]!.complete = true;
    sampler.settle();
    expect(sampler.samples.at(-1)).toMatchObject({ atMs: 100, peersCompleted: 1, progress: 1 });
  });

  it('keeps a bounded number of samples in equal steps, however long the run', () => {
    const { sampler } = swarm();
    for (let step = 0; step < 20_000; step++) sampler.take(step * SAMPLE_STEP_MS);
    const times = sampler.samples.map(({ atMs }) => atMs);
    expect(times.length).toBeLessThanOrEqual(1200);
    const steps = new Set(times.slice(1).map((atMs, at) => atMs - times[at]!));
    expect(steps.size).toBe(1);
  });

  it('counts the moments at which it was not called, also after the last call', () => {
    const { sampler } = swarm();
    for (const atMs of [0, 100, 299, 400, 750]) sampler.take(atMs);
    expect(sampler.sampling).toEqual({ taken: 5, dropped: 2 });
    sampler.end(1060);
    expect(sampler.sampling).toEqual({ taken: 5, dropped: 4 });
  });

  it('ends with the last state', () => {
    const { sampler, counters } = swarm();
    sampler.take(0);
    sampler.take(100);
    counters[0]!.payloadSentBytes = 250;
    sampler.end(130);
    expect(sampler.samples.map(({ atMs, payloadSentBytes }) => [atMs, payloadSentBytes])).toEqual([
      [0, 0],
      [100, 0],
      [130, 250],
    ]);
  });
});
