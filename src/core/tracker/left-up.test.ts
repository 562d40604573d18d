/** A tracker that serves one swarm after another, and what it tells of those who come. */
import { describe, expect, test } from 'vitest';
import { announce, hashOf, TrackerStage } from '../../../test/support/tracker-stage.ts';
import { answers, at, known, knownByHash, local, where } from '../../../test/support/tracker-messages.ts';

describe('a tracker that is left up for another content', () => {
  const hashed = { edition: 'hashed', agreement: 2 } as const;

  /** A swarm whose clients agree on the content and then go. */
  function usedStage(options: ConstructorParameters<typeof TrackerStage>[0]): TrackerStage {
    const stage = new TrackerStage(options);
    for (const port of [5001, 5002, 5003]) {
      const remote = stage.spec();
      remote.says(local(1, port, 'a'));
      remote.closes();
    }
    return stage;
  }

  test.each([[5001, 5002] as const, [5007, 5008] as const])(
    'agrees on it as soon as enough claim it, from ports %i and %i, and tells of the change',
    (first, second) => {
      const stage = usedStage(hashed);
      stage.spec().says(local(1, first, 'b'));
      expect(stage.told('content-changed')).toEqual([]);
      stage.spec().says(local(1, second, 'b'));
      expect(answers(stage, 1)).toEqual([knownByHash(1, 'b', first, second)]);
      const about = { index: 1, formerHash: hashOf('a'), hash: hashOf('b') };
      expect(stage.told('content-changed')).toMatchObject([about]);
    },
  );

  test('agrees on it also when its clients use a connection for every message', () => {
    const stage = usedStage(hashed);
    for (const port of [5007, 5008]) {
      const remote = stage.spec();
      remote.says(local(1, port, 'b'));
      remote.closes();
    }
    expect(answers(stage, 1)).toEqual([knownByHash(1, 'b', 5007, 5008)]);
  });

  test('does not while one of the former swarm is there, and does once that has gone', () => {
    const stage = new TrackerStage(hashed);
    const last = stage.spec();
    last.says(local(1, 5001, 'a'));
    stage.spec().says(local(1, 5002, 'a'));
    const [one, two] = [stage.spec(), stage.spec()];
    one.says(local(1, 5002, 'b'));
    two.says(local(1, 5003, 'b'));
    expect(answers(stage, 1)).toEqual([knownByHash(1, 'a', 5001)]);
    last.closes();
    expect(answers(stage, 1)).toEqual([knownByHash(1, 'b', 5002, 5003)]);
  });

  test('one client with another content is not enough against those who have closed and go on serving', () => {
    const stage = usedStage(hashed);
    stage.spec().says(local(1, 5009, 'f'));
    expect(answers(stage, 1)).toEqual([knownByHash(1, 'a', 5001, 5002, 5003)]);
  });

  test('by default, too, after a mixed swarm: swarm peers are told the new content, and only that', () => {
    const stage = usedStage({});
    const former = stage.swarm(6001, 3);
    former.says(announce(3, { 1: 'a' }));
    former.closes();
    const peer = stage.swarm(6002, 3);
    peer.says(announce(3, { 1: 'b' }));
    const agreed = peer.got().flatMap((message) => (message.type === 'peers' ? message.agreed : []));
    expect(agreed).toEqual([{ index: 1, bytes: 100, hash: hashOf('b') }]);
    stage.spec().says(local(1, 5004, 'b'));
    const asker = stage.spec();
    asker.says(local(2, 5005, 'c'), where(1));
    expect(asker.got()).toEqual([knownByHash(1, 'b', 6002, 5004)]);
  });

  test('takes a file of another number of chunks once nobody of the former swarm is there', () => {
    const stage = usedStage({});
    const former = stage.swarm(6001, 3);
    former.says(announce(3, { 1: 'a' }));
    const early = stage.swarm(6002, 50);
    expect(early.over).toBe('end');
    former.closes();
    const peer = stage.swarm(6003, 50);
    peer.says(announce(50, { 50: 'z' }));
    expect(peer.over).toBeUndefined();
    expect(stage.told('content-changed')).toMatchObject([{ formerTotalChunks: 3, totalChunks: 50 }]);
    expect(answers(stage, 50)).toEqual([known(50, 6003)]);
  });
});

test('the tracker tells who registered, and who has announced all that anybody has', () => {
  const stage = new TrackerStage();
  const [one, two] = [stage.spec(), stage.spec()];
  one.says(local(1, 5001), local(2, 5001), local(3, 5001));
  two.says(local(3, 5002));
  expect(stage.told('client-registered').map(({ address }) => address.port)).toEqual([5001, 5002]);
  expect(stage.told('client-completed')).toEqual([]);
  stage.clock.run(10_000);
  expect(stage.told('client-completed')).toMatchObject([{ address: at(5001), chunks: 3 }]);
  two.says(local(1, 5002), local(2, 5002));
  two.closes();
  expect(stage.told('client-completed').map(({ address }) => address.port)).toEqual([5001, 5002]);
});
