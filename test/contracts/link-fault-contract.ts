import { describe, expect, it } from 'vitest';
import { messageBytes } from '../../src/core/protocol/message-bytes.ts';
import type { CloseReason } from '../../src/core/interfaces.ts';
import type { ControlWorld } from '../support/control-world.ts';
import { bodyBytes, have } from '../support/shaped-pair.ts';

const MBIT = 125_000;

/** What every link promises of the faults that part hosts, whatever paces it. */
export function describeLinkFaults(name: string, createWorld: () => ControlWorld): void {
  describe(`link contract, faults: ${name}`, () => {
    describe('a block', () => {
      it('holds what is sent until it is healed, in order and without loss, and counts it', () => {
        const world = createWorld();
        world.receive(world.host('to', {}).transport);
        const { transport, control } = world.host('from', { latencyMs: 5 });
        const connection = world.open(transport, 'to');
        connection.send(have(1));
        world.clock.run(1000);
        const effect = control.block((host, direction) => host === 'to' && direction === 'out');
        for (let i = 2; i < 10; i++) connection.send(have(i));
        world.clock.run(60_000);
        expect(world.arrivals).toHaveLength(1);
        expect(effect.messagesHeld()).toBe(8);
        control.block(null);
        world.clock.run();
        const indices = world.arrivals.map(({ message }) => message.type === 'have' && message.index);
        expect(indices).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
        expect(effect.messagesHeld()).toBe(8);
      });

      it('pushes back on a sender, and nothing is missing afterwards', () => {
        const bytes = 20 * MBIT;
        const world = createWorld();
        world.receive(world.host('to', {}).transport);
        const { transport, control, counters } = world.host('from', { upBytesPerSec: 10 * MBIT });
        world.flood(transport, 'to', bytes);
        world.clock.run(500);
        control.block(() => true);
        world.clock.run(1000);
        const { bytesPacedUp } = counters;
        world.clock.run(30_000);
        expect(counters.bytesPacedUp).toBe(bytesPacedUp);
        control.block(null);
        world.clock.run();
        expect(world.payload(-1, Infinity)).toBe(bytes);
      });

      it('lets attempts to connect wait, and refuses them after 10 s without an answer', () => {
        const world = createWorld();
        world.receive(world.host('to', {}).transport);
        const { transport, control } = world.host('from', { latencyMs: 10 });
        control.block(() => true);
        world.open(transport, 'to');
        world.clock.run(5000);
        world.open(transport, 'to').send(have(1));
        world.clock.run(12_000);
        expect(world.closes).toEqual([{ atMs: 10_000, host: 'to', kind: 'refused' }]);
        control.block(null);
        world.clock.run();
        expect(world.arrivals.map(({ atMs }) => atMs)).toEqual([12_030]);
        expect(control.totals().connectsHeld).toBe(2);
      });

      it.each(['near', 'far'])('also hides a reset by the %s end until it is healed', (breaker) => {
        const world = createWorld();
        world.receive(world.host('to', {}).transport);
        const { transport, control } = world.host('from', {});
        const connection = world.open(transport, 'to');
        connection.send(have(1));
        world.clock.run(1000);
        const closes: [CloseReason['kind'], number][] = [];
        world.accepted[0]!.setHandlers({
          onMessage: () => {},
          onClose: ({ kind }) => closes.push([kind, world.clock.now()]),
        });
        control.block(() => true);
        if (breaker === 'near') connection.abort();
        else world.accepted[0]!.abort();
        world.clock.run(5000);
        control.block(null);
        world.clock.run();
        expect(
          [...closes.map(([, atMs]) => atMs), ...world.closes.map(({ atMs }) => atMs)].toSorted(),
        ).toEqual([1000, 5000]);
      });
    });

    it('a black hole swallows what is sent, and resets what has lost something when it is over', () => {
      const world = createWorld();
      world.receive(world.host('to', {}).transport);
      const { transport, control } = world.host('from', { latencyMs: 5 });
      const [hit, spared] = [world.open(transport, 'to'), world.open(transport, 'to')];
      for (const connection of [hit, spared]) connection.send(have(1));
      world.clock.run(1000);
      control.setBlackHole(true);
      hit.send(have(2));
      world.clock.run(2000);
      expect(control.totals()).toMatchObject({ messagesSwallowed: 1, bytesSwallowed: messageBytes(have(2)) });
      control.setBlackHole(false);
      world.clock.run(3000);
      expect(world.closes).toMatchObject([{ kind: 'reset' }]);
      expect(control.totals().connectionsReset).toBe(1);
      spared.send(have(3));
      world.clock.run(4000);
      expect(world.arrivals.at(-1)!.message).toEqual(have(3));
    });

    it('resets by a fault are seen by both ends, and counted', () => {
      const world = createWorld();
      world.receive(world.host('to', {}).transport);
      const { transport, control } = world.host('from', {});
      for (let i = 0; i < 20; i++) world.open(transport, 'to').send(have(1));
      world.clock.run(1000);
      expect(control.resetConnections(0)).toBe(0);
      expect(control.resetConnections(1)).toBe(20);
      world.clock.run(2000);
      expect(world.closes).toHaveLength(20);
      expect(world.arrivals.every(({ message }) => bodyBytes(message) === 0)).toBe(true);
      expect(() => control.resetConnections(2)).toThrow(/from 0 to 1/);
    });
  });
}
