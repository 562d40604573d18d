import { describe, expect, test } from 'vitest';
import { eventsOf } from '../../../../test/support/spec-fakes.ts';
import { a, b, c, END, fetcherStage } from '../../../../test/support/spec-fetcher-stage.ts';
import type { Address } from '../../interfaces.ts';

describe('a slow transfer, when there is nothing else to ask for', () => {
  /** `b` has given a chunk in 0.1 s; `a` sends another, and both are listed for it. */
  function slowStage(holders: readonly Address[] = [a, b]) {
    const stage = fetcherStage({ held: { 1: 'usual' } });
    const { fetcher, transport, clock } = stage;
    fetcher.offer(2, undefined, [b]);
    clock.run(100);
    transport.last.receiveRaw('other');
    transport.last.close(END);
    fetcher.offer(3, undefined, [a]);
    fetcher.offer(3, undefined, holders);
    return { ...stage, slow: transport.last };
  }

  test('is joined by one from a holder that is far faster, and let go when that is over', () => {
    const { slow, transport, ports, clock, store, events } = slowStage();
    clock.run(2100);
    slow.receiveRaw('t');
    clock.run(4100);
    expect(ports()).toEqual([5003, 5002, 5003]);
    transport.last.receiveRaw('third');
    transport.last.close(END);
    expect(store.chunks.get(3)?.toString()).toBe('third');
    expect(slow.aborted).toBe(true);
    expect(eventsOf(events, 'chunk-discarded')).toMatchObject([{ from: a, bytes: 1, reason: 'cancelled' }]);
    expect(eventsOf(events, 'chunk-received').map(({ from }) => from)).toEqual([b, b]);
    clock.run(60_000);
    expect(ports()).toHaveLength(3);
  });

  test('may still be the first', () => {
    const { slow, transport, clock, store } = slowStage();
    clock.run(4100);
    expect(transport.connections).toHaveLength(3);
    slow.receiveRaw('third');
    slow.close(END);
    expect(store.chunks.get(3)?.toString()).toBe('third');
    expect(transport.last.aborted).toBe(true);
  });

  test('goes on alone when it is nearly over, and when nobody else is listed', () => {
    const nearlyOver = slowStage();
    nearlyOver.clock.run(2000);
    nearlyOver.slow.receiveRaw('thir');
    nearlyOver.clock.run(6000);
    expect(nearlyOver.ports()).toHaveLength(2);
    const alone = slowStage([a]);
    alone.slow.receiveRaw('t');
    alone.clock.run(12_000);
    expect(alone.ports()).toHaveLength(2);
  });

  test('is joined by one from a holder of which nothing is known only when it needs very long', () => {
    const { slow, ports, clock } = slowStage([a, c]);
    clock.run(5000);
    slow.receiveRaw('t');
    clock.run(9000);
    expect(ports()).toHaveLength(2);
    clock.run(12_000);
    expect(ports()).toEqual([5003, 5002, 5004]);
  });

  test('is not joined sooner by one from a holder that could not be reached before', () => {
    const { fetcher, transport, slow, ports, clock } = slowStage([a, c]);
    fetcher.offer(4, undefined, [c]);
    transport.last.close({ kind: 'refused', detail: 'ECONNREFUSED' });
    clock.run(5000);
    slow.receiveRaw('t');
    clock.run(12_000);
    expect(ports()).toEqual([5003, 5002, 5004]);
    clock.run(24_000);
    expect(ports()).toEqual([5003, 5002, 5004, 5004]);
  });
});
