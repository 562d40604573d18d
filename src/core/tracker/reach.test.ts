import { describe, expect, test } from 'vitest';
import { announce, hashOf, TrackerStage } from '../../../test/support/tracker-stage.ts';
import type { Message } from '../protocol/messages.ts';

const at = (port: number) => ({ host: 'localhost', port });
const local = (index: number, port: number, letter?: string): Message => ({
  type: 'local-chunk',
  index,
  ...(letter === undefined ? {} : { hash: hashOf(letter) }),
  holder: at(port),
});
const where = (index: number): Message => ({ type: 'where-chunk', index });
const unknown = (index: number): Message => ({ type: 'chunk-unknown', index, terminated: true });

describe('a holder with an IPv6 address', () => {
  const v6 = { host: '2001:db8::7', port: 5001 };
  const holders = (stage: TrackerStage, index: number, host: string, mark: object = {}): Message[] => {
    const asker = stage.spec(host);
    asker.says({ type: 'where-chunk', index, ...mark });
    return asker.got();
  };
  const listed = (index: number, ...addresses: { host: string; port: number }[]): Message => ({
    type: 'chunk-from',
    index,
    holders: addresses,
    terminated: true,
  });
  function stageWithBoth(): TrackerStage {
    const stage = new TrackerStage();
    stage
      .spec('2001:db8::7')
      .says(
        { type: 'local-chunk', index: 1, holder: v6 },
        { type: 'local-chunk', index: 2, holder: { ...v6, host: '2001:0DB8:0::7' } },
      );
    stage.spec().says(local(1, 5002));
    return stage;
  }

  test('is told to who asks over IPv6', () => {
    const stage = stageWithBoth();
    expect(holders(stage, 1, '::1')).toEqual([listed(1, v6, at(5002))]);
    expect(holders(stage, 2, '::1')).toEqual([listed(2, v6)]);
  });

  test('is told to who is reached over IPv6, whatever it asks over', () => {
    const asker = stageWithBoth().spec();
    asker.says({ type: 'local-chunk', index: 3, holder: { host: '::1', port: 5003 } }, where(2));
    expect(asker.got()).toEqual([listed(2, v6)]);
  });

  test('is not told to a program that may know only IPv4', () => {
    const stage = stageWithBoth();
    expect(holders(stage, 1, '127.0.0.1')).toEqual([listed(1, at(5002))]);
    expect(holders(stage, 2, '127.0.0.1')).toEqual([unknown(2)]);
  });

  test('of one link, with its zone, is not told there either', () => {
    const stage = new TrackerStage();
    stage.swarm(6001, 3, 'fe80::1%eth0').says(announce(3, { 1: 'a' }));
    expect(holders(stage, 1, '127.0.0.1')).toEqual([unknown(1)]);
  });

  test('is told to our own client over IPv4, after the others', () => {
    const stage = stageWithBoth();
    const marked = { terminated: true };
    expect(holders(stage, 1, '127.0.0.1', marked)).toEqual([listed(1, at(5002), v6)]);
    expect(holders(stage, 2, '127.0.0.1', marked)).toEqual([listed(2, v6)]);
  });

  test('is told as a swarm peer, too, and only over IPv6 or to our own', () => {
    const stage = new TrackerStage();
    stage.swarm(6001, 3, '::1').says(announce(3, { 1: 'a' }));
    expect(holders(stage, 1, '127.0.0.1')).toEqual([unknown(1)]);
    expect(holders(stage, 1, '::1')).toEqual([listed(1, { host: '::1', port: 6001 })]);
  });
});

test('::1 and localhost are two holders, since who listens on one is not there on the other', () => {
  const stage = new TrackerStage({ edition: 'hashed', agreement: 2 });
  const [here, there] = [stage.spec(), stage.spec('::1')];
  here.says(local(1, 5001, 'a'));
  there.says({ type: 'local-chunk', index: 1, hash: hashOf('a'), holder: { host: '::1', port: 5001 } });
  there.says(where(1));
  expect(there.got()).toEqual([
    { type: 'chunk-from', index: 1, hash: hashOf('a'), holders: [at(5001)], terminated: true },
  ]);
});
