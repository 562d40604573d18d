import { expect, it } from 'vitest';
import { PeerStage, type Puppet } from '../../../test/support/peer-stage.ts';

const chunks = Array.from({ length: 40 }, (_, at) => at + 1);

/** A peer with as many neighbours as it may have, which is busy; `run` lets seconds pass in which it gets chunks. */
function busyPeer(): {
  readonly stage: PeerStage;
  readonly source: Puppet;
  readonly run: (seconds: number) => number[];
} {
  const stage = new PeerStage({ totalChunks: 40, held: [] }, { maxConnections: 1 });
  const source = stage.neighbour('source', chunks);
  source.say({ type: 'unchoke' });
  let served = 0;
  const run = (seconds: number): number[] => {
    const before = stage.announces.length;
    for (let second = 0; second < seconds; second++) {
      source.deliver(source.requested[served++]!);
      stage.run(1_000);
    }
    return stage.announces.slice(before).map(({ wanted }) => wanted);
  };
  return { stage, source, run };
}

it('a peer that has its neighbours and is busy asks the tracker for others every ten seconds only', () => {
  const { stage, run } = busyPeer();
  expect(stage.announces[0]!.wanted).toBe(50);
  run(2);
  const wanted = run(20);
  expect(wanted.length).toBeGreaterThanOrEqual(18);
  expect(wanted.filter((count) => count > 0)).toEqual([50, 50]);
});

it('a peer that has lost a neighbour asks for others at its next announce', () => {
  const { stage, source, run } = busyPeer();
  run(3);
  expect(stage.announces.at(-1)!.wanted).toBe(0);
  source.close();
  stage.run(2_000);
  expect(stage.announces.at(-1)!.wanted).toBe(50);
});

it('a peer whom too few serve asks at each announce as long as it knows nobody else to try', () => {
  const stage = new PeerStage({ totalChunks: 40, held: [] }, { maxConnections: 2 });
  const source = stage.neighbour('source', chunks, 7100);
  source.say({ type: 'unchoke' });
  stage.neighbour('empty', [], 7101).say({ type: 'not-interested' });
  for (let second = 0; second < 20; second++) {
    source.deliver(source.requested[second]!);
    stage.run(1_000);
  }
  const wanted = stage.announces.slice(-15).map((announce) => announce.wanted);
  expect(wanted).toHaveLength(15);
  expect(new Set(wanted)).toEqual(new Set([50]));
});

/** A peer whose two places are taken by others that hold all and let nobody ask; the tracker names one that is not there. */
function starvedPeer(): {
  readonly stage: PeerStage;
  readonly misers: readonly Puppet[];
  readonly tries: () => number;
} {
  const address = { host: 'ghost', port: 9 };
  const stage = new PeerStage(
    { totalChunks: 40, held: [], peers: [{ address, protocol: 'swarm' }] },
    { maxConnections: 2 },
  );
  const misers = [stage.neighbour('a', chunks, 7101), stage.neighbour('b', chunks, 7102)];
  return { stage, misers, tries: () => stage.eventsOf('connection-failed').length };
}

it('a peer that nobody lets ask tries others after ten seconds, although its places are taken by who holds all', () => {
  const { stage, tries } = starvedPeer();
  stage.run(5_000);
  const before = tries();
  stage.run(20_000);
  expect(tries()).toBeGreaterThan(before);
});

it('a peer that nobody lets ask tries one after another, and does not wait after one that is not there', () => {
  const gone = Array.from({ length: 10 }, (_, at) => ({ host: `gone-${at}`, port: 9 }));
  const peers = gone.map((address) => ({ address, protocol: 'swarm' as const }));
  const stage = new PeerStage({ totalChunks: 40, held: [], peers }, { maxConnections: 2 });
  for (const [at, name] of ['a', 'b'].entries()) stage.neighbour(name, chunks, 7101 + at);
  stage.run(22_000);
  const tried = stage.eventsOf('connection-failed').map(({ address }) => address.host);
  expect(new Set(tried)).toEqual(new Set(gone.map(({ host }) => host)));
});

it('a peer that nobody lets ask gives the place of one of them to who connects to it', () => {
  const { stage, misers } = starvedPeer();
  stage.run(15_000);
  const generous = stage.neighbour('c', chunks, 7103);
  expect(generous.closes).toEqual([]);
  expect(misers.filter(({ closes }) => closes.length > 0)).toHaveLength(1);
});

it('a peer that somebody lets ask keeps those that do not', () => {
  const { stage, misers } = starvedPeer();
  misers[0]!.say({ type: 'unchoke' });
  stage.run(15_000);
  expect(stage.neighbour('c', chunks, 7103).closes).toHaveLength(1);
});

it('a peer that nobody lets ask keeps those that hold what it lacks before those that do not', () => {
  const stage = new PeerStage({ totalChunks: 40, held: [] }, { maxConnections: 2 });
  const seeder = stage.neighbour('seeder', chunks, 7101);
  const empty = stage.neighbour('empty', [], 7102);
  stage.run(15_000);
  stage.neighbour('c', chunks, 7103);
  expect(seeder.closes).toEqual([]);
  expect(empty.closes).toHaveLength(1);
});

it('a peer that nobody lets ask gives up who never gave it anything before who did', () => {
  const stage = new PeerStage({ totalChunks: 40, held: [] }, { maxConnections: 2 });
  const [giver, miser] = ['giver', 'miser'].map((name, at) => stage.neighbour(name, chunks, 7101 + at));
  stage.run(3_000);
  giver!.say({ type: 'unchoke' }, { type: 'choke' });
  for (const index of giver!.requested) giver!.deliver(index);
  expect(stage.eventsOf('chunk-received').length).toBeGreaterThan(0);
  stage.run(15_000);
  stage.neighbour('c', chunks, 7103);
  expect(giver!.closes).toEqual([]);
  expect(miser!.closes).toHaveLength(1);
});

it('a peer that nobody lets ask for minutes still tries one more every ten seconds or so', () => {
  const peers = Array.from({ length: 12 }, (_, at) => ({
    address: { host: `miser-${at}`, port: 7200 + at },
    protocol: 'swarm' as const,
  }));
  const stage = new PeerStage({ totalChunks: 40, held: [], peers }, { maxConnections: 2 });
  const triedMs: number[] = [];
  for (const { address } of peers) stage.miser(address, () => triedMs.push(stage.clock.now()));
  stage.run(300_000);
  const pausesMs = triedMs.slice(1).map((atMs, at) => atMs - triedMs[at]!);
  expect(triedMs.length).toBeGreaterThan(20);
  expect(Math.max(...pausesMs)).toBeLessThanOrEqual(12_000);
});

it('a peer that nobody lets ask for minutes still gives a place to each who comes', () => {
  const { stage } = starvedPeer();
  stage.run(15_000);
  const turnedAway = Array.from({ length: 10 }, (_, at) => {
    const newcomer = stage.neighbour(`c${at}`, chunks, 7103 + at);
    const isTurnedAway = newcomer.closes.length > 0;
    stage.run(12_000);
    return isTurnedAway;
  });
  expect(turnedAway).not.toContain(true);
});

it('a peer whose neighbours take 40 s for a chunk waits as long for the next turn before it tries others', () => {
  const stage = new PeerStage({ totalChunks: 40, held: [] }, { maxConnections: 2 });
  const slow = ['a', 'b'].map((name, at) => stage.neighbour(name, chunks, 7101 + at));
  for (const neighbour of slow) neighbour.say({ type: 'unchoke' });
  stage.run(40_000);
  for (const neighbour of slow) {
    const [index, ...others] = neighbour.requested;
    neighbour.send({ type: 'choke' });
    neighbour.deliver(index!);
    for (const other of others) neighbour.say({ type: 'reject', index: other, reason: 'choked' });
  }
  expect(stage.eventsOf('chunk-received')).toHaveLength(2);
  stage.run(30_000);
  expect(stage.neighbour('c', chunks, 7103).closes).toHaveLength(1);
  stage.run(15_000);
  expect(stage.neighbour('d', chunks, 7104).closes).toEqual([]);
});
