import { describe, expect, test } from 'vitest';
import { announce, hashOf, TrackerStage } from '../../../test/support/tracker-stage.ts';
import {
  answers,
  at,
  known,
  knownByHash,
  local,
  unknown,
  where,
} from '../../../test/support/tracker-messages.ts';
import type { Message } from '../protocol/messages.ts';
import { specMessageBytes } from '../protocol/spec/encode.ts';
import { QUESTIONS_WAITING_MAX } from './limits.ts';

describe('rule 12: a spec client is not forgotten', () => {
  test('when its connection closes, in order or not', () => {
    const stage = new TrackerStage();
    const first = stage.spec();
    first.says(local(1, 5001));
    first.closes();
    const second = stage.spec();
    second.says(local(1, 5002));
    second.closes({ kind: 'reset', detail: 'gone' });
    stage.clock.run(3_600_000);
    expect(answers(stage, 1)).toEqual([known(1, 5001, 5002)]);
    expect(stage.told('peer-forgotten')).toEqual([]);
  });

  test('when it uses a connection for every message', () => {
    const stage = new TrackerStage();
    for (const message of [local(1, 5001), local(2, 5001), where(3)]) {
      const connection = stage.spec();
      connection.says(message);
      connection.closes();
    }
    expect(answers(stage, 2)).toEqual([known(2, 5001)]);
  });
});

describe('rule 13: both editions on one port', () => {
  test('a connection that has announced is answered in its edition', () => {
    const stage = new TrackerStage({ edition: 'plain' });
    const hashed = stage.spec();
    stage.swarm(6001, 3).says(announce(3, { 1: 'a' }));
    hashed.says(local(1, 5001, 'a'), where(1));
    expect(hashed.got()).toEqual([knownByHash(1, 'a', 6001)]);
    const plain = stage.spec();
    plain.says(local(2, 5002), where(1));
    expect(plain.got()).toEqual([known(1, 6001, 5001)]);
  });

  test('a client of ours may ask for the hash before it has announced anything', () => {
    const stage = new TrackerStage({ edition: 'plain' });
    stage.spec().says(local(1, 5001, 'a'), local(2, 5001));
    const client = stage.spec();
    const ask = (index: number): Message =>
      ({ ...where(index), edition: 'hashed', terminated: true }) as Message;
    client.says(ask(1), ask(2));
    expect(client.got()).toEqual([knownByHash(1, 'a', 5001), unknown(2)]);
  });

  test.each(['plain', 'hashed'] as const)(
    'one that has not is answered in the edition of the swarm: %s',
    (edition) => {
      const stage = new TrackerStage({ edition });
      stage.spec().says(local(1, 5001, 'a'));
      expect(answers(stage, 1)).toEqual([edition === 'plain' ? known(1, 5001) : knownByHash(1, 'a', 5001)]);
    },
  );

  test('127.0.0.1 is localhost, and one holder with it', () => {
    const stage = new TrackerStage();
    const client = stage.spec();
    client.says(local(1, 5001), { type: 'local-chunk', index: 1, holder: { host: '127.0.0.1', port: 5001 } });
    client.says({ type: 'local-chunk', index: 2, holder: { host: '127.0.0.1', port: 5002 } });
    expect(answers(stage, 1, 2)).toEqual([known(1, 5001), known(2, 5002)]);
  });

  test('what has no meaning for a tracker is passed over', () => {
    const stage = new TrackerStage();
    const client = stage.spec();
    client.says({ type: 'request-chunk', index: 1 }, unknown(1), local(1, 5001), where(2));
    expect(client.got()).toEqual([unknown(2)]);
    expect(client.over).toBeUndefined();
  });
});

describe('rule 14: answers', () => {
  test('every one is ended by a newline, the mark of this tracker; announcements have none', () => {
    const stage = new TrackerStage();
    const client = stage.spec();
    client.says(local(1, 5001));
    expect(client.got()).toEqual([]);
    const asker = stage.spec();
    asker.says(where(1), where(2));
    expect(asker.got()).toEqual([known(1, 5001), unknown(2)]);
  });
});

describe('rule 15: CHUNK_LOCATION_UNKNOWN', () => {
  test('comes at once the first time, and 200 ms later from the second in a row on', () => {
    const { clock, ...stage } = ((s) => ({ clock: s.clock, connect: () => s.spec() }))(new TrackerStage());
    const poller = stage.connect();
    for (let count = 0; count < 3; count++) {
      poller.says(where(9));
      clock.run(clock.now() + 250);
    }
    expect(poller.gotAt()).toEqual([
      { atMs: 0, message: unknown(9) },
      { atMs: 450, message: unknown(9) },
      { atMs: 700, message: unknown(9) },
    ]);
  });

  test('is never delayed for our own clients, which end their questions by a newline', () => {
    const stage = new TrackerStage();
    const ours = stage.spec();
    for (let count = 0; count < 3; count++) ours.says({ type: 'where-chunk', index: 9, terminated: true });
    expect(ours.got()).toEqual([unknown(9), unknown(9), unknown(9)]);
  });

  test('is not delayed after a known one', () => {
    const stage = new TrackerStage();
    stage.spec().says(local(1, 5001));
    const client = stage.spec();
    client.says(where(9), where(1), where(9));
    expect(client.got()).toEqual([unknown(9), known(1, 5001), unknown(9)]);
  });

  test('holds back the questions behind it; one delay serves them all, with what is known by then', () => {
    const stage = new TrackerStage();
    const client = stage.spec();
    client.says(where(9), where(8), where(1), where(7));
    expect(client.got()).toEqual([unknown(9)]);
    expect(client.paused).toBe(true);
    stage.spec().says(local(8, 5001));
    stage.clock.run(200);
    expect(client.got()).toEqual([known(8, 5001), unknown(1), unknown(7)]);
    expect(client.paused).toBe(false);
  });

  test('still reaches a client that has finished sending meanwhile', () => {
    const stage = new TrackerStage();
    const client = stage.spec();
    client.says(where(9), where(8));
    client.handlers.onRemoteEnd?.();
    expect(client.over).toBeUndefined();
    stage.clock.run(200);
    expect(client.got()).toEqual([unknown(9), unknown(8)]);
    expect(client.over).toBe('end');
  });

  test('is forgotten when the client goes', () => {
    const stage = new TrackerStage();
    const client = stage.spec();
    client.says(where(9), where(8));
    client.closes();
    stage.clock.run();
    expect(client.got()).toEqual([unknown(9)]);
    expect(stage.clock.pending).toBe(0);
  });

  test('a client that asks on and on without reading is closed, and its questions are not kept', () => {
    const stage = new TrackerStage();
    const client = stage.spec();
    for (let count = 0; count < QUESTIONS_WAITING_MAX + 3; count++) client.says(where(9));
    expect(client.over).toBe('abort');
    expect(stage.told('remote-fault')).toHaveLength(1);
    stage.clock.run();
  });
});

describe('rule 16: holders', () => {
  test('plain: one is enough; each is listed once, oldest first', () => {
    const stage = new TrackerStage();
    const client = stage.spec();
    for (const port of [5003, 5001, 5002, 5003, 5001]) client.says(local(1, port));
    expect(answers(stage, 1)).toEqual([known(1, 5003, 5001, 5002)]);
  });

  test('hashed: announcements wait until two different holders agree', () => {
    const stage = new TrackerStage({ edition: 'hashed', agreement: 2 });
    const [asker, first, second] = [stage.spec(), stage.spec(), stage.spec()];
    first.says(local(1, 5001, 'a'), local(1, 5001, 'a'));
    asker.says(where(1));
    expect(asker.got()).toEqual([unknown(1)]);
    second.says(local(1, 5002, 'a'));
    asker.says(where(1));
    expect(asker.got()).toEqual([knownByHash(1, 'a', 5001, 5002)]);
  });

  test('hashed: the same host with another port is another holder, another connection of one holder is not', () => {
    const stage = new TrackerStage({ edition: 'hashed', agreement: 2 });
    stage.spec().says(local(1, 5001, 'a'));
    stage.spec().says(local(1, 5001, 'a'));
    expect(answers(stage, 1)).toEqual([unknown(1)]);
  });

  test('hashed: a client with another hash is never given out, before or after', () => {
    const stage = new TrackerStage({ edition: 'hashed', agreement: 2 });
    const client = stage.spec();
    client.says(local(1, 5009, 'b'), local(1, 5001, 'a'), local(1, 5002, 'a'), local(1, 5003, 'b'));
    client.says(local(1, 5004, 'b'), local(1, 5005, 'a'));
    const [asker, plain] = [stage.spec(), stage.spec()];
    asker.says(where(1));
    expect(asker.got()).toEqual([knownByHash(1, 'a', 5001, 5002, 5005)]);
    plain.says(local(2, 5006), where(1));
    expect(plain.got()).toEqual([known(1, 5001, 5002, 5005)]);
  });

  test('hashed: a holder that told no hash is not given out', () => {
    const stage = new TrackerStage({ edition: 'hashed', agreement: 1 });
    stage.spec().says(local(1, 5001));
    expect(answers(stage, 1)).toEqual([unknown(1)]);
  });

  test('a holder that announces another hash later counts by the later one', () => {
    const stage = new TrackerStage({ edition: 'hashed', agreement: 2 });
    const client = stage.spec();
    client.says(local(1, 5001, 'b'), local(1, 5001, 'a'), local(1, 5002, 'b'), local(1, 5003, 'a'));
    const asker = stage.spec();
    asker.says(where(1));
    expect(asker.got()).toEqual([knownByHash(1, 'a', 5001, 5003)]);
    client.says(local(1, 5003, 'c'));
    asker.says(where(1));
    expect(asker.got()).toEqual([knownByHash(1, 'a', 5001)]);
  });

  test.each(['plain', 'hashed'] as const)(
    '%s: an answer stays below 1,024 bytes with its newline',
    (edition) => {
      const stage = new TrackerStage({ edition });
      const client = stage.spec();
      for (let port = 10_001; port <= 10_500; port++) client.says(local(1, port, 'a'));
      const asker = stage.spec();
      asker.says(where(1));
      const [answer] = asker.got() as [Extract<Message, { type: 'chunk-from' }>];
      expect(specMessageBytes(answer)).toBeLessThan(1024);
      expect(answer.holders[0]).toEqual(at(10_001));
      expect(answer.holders.length).toBeGreaterThan(55);
      expect(stage.told('chunk-located')[0]!.holders).toEqual(answer.holders);
    },
  );

  test('nobody is told of itself, also not of what was announced from its address before', () => {
    const stage = new TrackerStage();
    const former = stage.spec();
    former.says(local(1, 5001), local(2, 5001));
    former.closes();
    const client = stage.spec();
    client.says(local(1, 5001), where(1), local(3, 5001));
    expect(client.got()).toEqual([unknown(1)]);
    stage.spec().says(local(1, 5002));
    client.says(where(1), { ...where(2), terminated: true } as Message);
    expect(client.got()).toEqual([known(1, 5002), unknown(2)]);
  });

  test('those whose connection is open come first, oldest first, then those whose is closed', () => {
    const stage = new TrackerStage();
    const remotes = [5001, 5002, 5003, 5004].map((port) => {
      const remote = stage.spec();
      remote.says(local(1, port));
      return remote;
    });
    remotes[0]!.closes();
    remotes[2]!.closes();
    expect(answers(stage, 1)).toEqual([known(1, 5002, 5004, 5001, 5003)]);
    stage.spec().says(local(1, 5003));
    expect(answers(stage, 1)).toEqual([known(1, 5002, 5003, 5004, 5001)]);
  });
});

test('a client of ours learns whether anybody who is there holds a chunk, not who once did', () => {
  const stage = new TrackerStage();
  const ask: Message = { type: 'where-chunk', index: 50, onlyOpen: true, terminated: true };
  const [holder, client] = [stage.spec(), stage.spec()];
  holder.says(local(50, 5001));
  client.says(ask);
  expect(client.got()).toEqual([known(50, 5001)]);
  holder.closes();
  client.says(ask);
  expect(client.got()).toEqual([unknown(50)]);
});

describe('mixed swarms', () => {
  test('a spec client finds the chunks of swarm peers, until they go', () => {
    const stage = new TrackerStage();
    const seeder = stage.swarm(6001, 3);
    seeder.says(announce(3, { 1: 'a', 2: 'b' }));
    const client = stage.spec();
    client.says(local(9, 5001), where(1), where(2), where(3));
    expect(client.got()).toEqual([known(1, 6001), known(2, 6001), unknown(3)]);
    seeder.closes();
    client.says(where(2));
    stage.clock.run(stage.clock.now() + 200);
    expect(client.got()).toEqual([unknown(2)]);
  });

  test('a swarm peer whose claim is not the agreed one is not given out for it', () => {
    const stage = new TrackerStage();
    stage.swarm(6001, 3).says(announce(3, { 1: 'a' }));
    stage.swarm(6002, 3).says(announce(3, { 1: 'f', 2: 'b' }));
    const client = stage.spec();
    client.says(where(1), where(2));
    expect(client.got()).toEqual([known(1, 6001), known(2, 6002)]);
  });

  test('a spec client and a swarm peer can agree with each other', () => {
    const stage = new TrackerStage({ edition: 'hashed', agreement: 2 });
    const client = stage.spec();
    client.says(local(1, 5001, 'a'));
    stage.swarm(6001, 3).says(announce(3, { 1: 'a' }));
    expect(answers(stage, 1)).toEqual([knownByHash(1, 'a', 5001, 6001)]);
  });
});

test('answers are told as events', () => {
  const stage = new TrackerStage({ edition: 'hashed' });
  const client = stage.spec();
  stage.spec().says(local(1, 5001, 'a'));
  client.says(local(3, 5002, 'c'), where(1), where(2));
  expect(stage.events.slice(-2)).toEqual([
    {
      type: 'chunk-located',
      atMs: 0,
      peer: 'tracker',
      index: 1,
      hash: hashOf('a'),
      holders: [at(5001)],
    },
    { type: 'chunk-unlocated', atMs: 0, peer: 'tracker', index: 2 },
  ]);
});

test('a client that does not read its answers is not read either', () => {
  const stage = new TrackerStage();
  const client = stage.spec();
  client.reads = false;
  client.says(local(1, 5001), where(1));
  expect(client.paused).toBe(true);
  client.handlers.onDrain?.();
  expect(client.paused).toBe(false);
});

test('text that breaks the protocol is reported once, with the address', () => {
  const stage = new TrackerStage();
  stage.spec().closes({ kind: 'protocol', detail: 'too long' });
  expect(stage.told('remote-fault')).toEqual([
    {
      type: 'remote-fault',
      atMs: 0,
      peer: 'tracker',
      address: { host: '127.0.0.1', port: 40_000 },
      detail: 'too long',
    },
  ]);
});

test('announcements beyond the limits are ignored, and reported once a connection', () => {
  const stage = new TrackerStage();
  const client = stage.spec();
  client.says(local(2 ** 30, 5001), local(2 ** 30 + 1, 5001), where(2 ** 30));
  expect(client.got()).toEqual([unknown(2 ** 30)]);
  expect(stage.told('remote-fault')).toHaveLength(1);
});
