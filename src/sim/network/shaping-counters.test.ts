import { describe, expect, it } from 'vitest';
import { ControlWorld, controlledPair } from '../../../test/support/control-world.ts';
import { have } from '../../../test/support/shaped-pair.ts';

describe('a link counts', () => {
  const window = (bytes: number) => ({ window: { bytes, slowStart: false }, latencyMs: 10 });

  it('what had to wait for a window, by whose window it was', () => {
    const own = controlledPair(window(20_000), window(30_000));
    own.world.flood(own.sender.transport, 'to', 200_000);
    own.world.clock.run();
    expect(own.sender.counters.windowWaits).toBeGreaterThan(5);
    expect(own.sender.counters.otherWindowWaits).toBe(0);
    const others = controlledPair(window(30_000), window(20_000));
    others.world.flood(others.sender.transport, 'to', 200_000);
    others.world.clock.run();
    expect(others.sender.counters.windowWaits).toBe(0);
    expect(others.sender.counters.otherWindowWaits).toBeGreaterThan(5);
  });

  it('nothing for a window that is never full, nor while there is no connection yet', () => {
    const { world, sender } = controlledPair(window(2 ** 30));
    world.flood(sender.transport, 'to', 200_000);
    world.clock.run();
    expect(world.payload(-1, Infinity)).toBe(200_000);
    expect(sender.counters).toMatchObject({ windowWaits: 0, otherWindowWaits: 0 });
  });

  it('how late a connection was opened, apart from how late messages went through', () => {
    const world = new ControlWorld();
    world.receive(world.host('to', {}).transport);
    const held: (() => void)[] = [];
    const dials = { enter: (_: object, dial: () => void) => held.push(dial) };
    const { transport, counters } = world.host('from', { latencyMs: 5 }, { dials });
    const connection = world.open(transport, 'to');
    world.clock.run(300);
    expect(held).toHaveLength(1);
    held[0]!();
    connection.send(have(1));
    world.clock.run();
    expect(world.closes).toEqual([]);
    expect(counters).toMatchObject({ lateMsMax: 290, lateMsTotal: 0 });
    expect(counters.releases).toBeGreaterThan(0);
  });

  it('nothing for a connection that was given up while it waited to be opened', () => {
    const world = new ControlWorld();
    const held: (() => void)[] = [];
    const dials = { enter: (_: object, dial: () => void) => held.push(dial) };
    const { transport, counters } = world.host('from', {}, { dials });
    world.open(transport, 'nobody').abort();
    world.clock.run(300);
    for (const dial of held) dial();
    world.clock.run();
    expect(held).toHaveLength(1);
    expect(counters.lateMsMax).toBe(0);
  });

  it('the changes that had begun when something went through, each knob for itself', () => {
    const changes = [
      { atMs: 100, overMs: 0, upBytesPerSec: 2000 },
      { atMs: 300, overMs: 0, upBytesPerSec: 3000 },
      { atMs: 200, overMs: 0, latencyMs: 5 },
      { atMs: 9000, overMs: 0, latencyMs: 50 },
    ].toSorted((a, b) => a.atMs - b.atMs);
    const { world, sender } = controlledPair({
      upBytesPerSec: 1000,
      downBytesPerSec: 1000,
      latencyMs: 1,
      changes,
    });
    const connection = world.open(sender.transport, 'to');
    connection.send(have(1));
    world.clock.run(150);
    expect(sender.counters).toMatchObject({ upChanges: 0, latencyChanges: 0 });
    connection.send(have(2));
    world.clock.run(250);
    expect(sender.counters).toMatchObject({ upChanges: 1, latencyChanges: 0 });
    connection.send(have(3));
    world.clock.run(5000);
    expect(sender.counters).toMatchObject({ upChanges: 1, downChanges: 0, latencyChanges: 1 });
  });
});
