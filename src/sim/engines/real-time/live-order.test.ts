import { describe, expect, test } from 'vitest';
import type { SwarmEvent } from '../../../core/events.ts';
import { LiveOrder } from './live-order.ts';

const at = (atMs: number): SwarmEvent => ({ type: 'peer-crashed', peer: 'a', atMs });

describe('events of several threads', () => {
  test('come in order of time, half a second late', () => {
    const seen: number[] = [];
    const order = new LiveOrder(({ atMs }) => seen.push(atMs));
    for (const atMs of [200, 100, 450, 300]) order.add(at(atMs));
    order.pass(801);
    expect(seen).toEqual([100, 200, 300]);
    order.add(at(420));
    order.pass(1500);
    expect(seen).toEqual([100, 200, 300, 420, 450]);
  });

  test('are left out when later ones have been passed on', () => {
    const seen: number[] = [];
    const order = new LiveOrder(({ atMs }) => seen.push(atMs));
    order.add(at(600));
    order.pass(1200);
    order.add(at(599));
    order.add(at(700));
    order.pass(2000);
    expect(seen).toEqual([600, 700]);
  });
});
