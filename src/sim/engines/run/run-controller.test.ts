import { beforeEach, describe, expect, it } from 'vitest';
import type { PlannedPeer } from '../../plan/plan.ts';
import { StoreError } from '../../../core/errors.ts';
import type { RunController } from './run-controller.ts';
import {
  NotedController,
  TOTAL_CHUNKS,
  clock,
  conduct,
  leave,
  peerOf,
  renewClock,
  runtime,
  tell,
  renew,
} from './run-controller-fixture.ts';

beforeEach(renew);

describe('RunController', () => {
  it('ends the run as completed when the last peer that must complete has', async () => {
    const controller = conduct([peerOf(0, {}), peerOf(1, { mustComplete: false })]);
    tell(controller, 'p0', 'joined');
    await clock.goTo(500);
    tell(controller, 'p0', 'completed');
    expect(await controller.ended).toEqual({ ending: 'completed', atMs: 500 });
  });

  it('counts times of events from the start of the distribution', async () => {
    const controller = conduct([peerOf(0, {})]);
    await clock.goTo(250);
    tell(controller, 'p0', 'joined');
    expect(controller.events.map(({ atMs }) => atMs)).toEqual([250]);
  });

  it('takes what was ready before the start for ready at the start', () => {
    const controller = new NotedController([peerOf(1, {})], {
      timeLimitMs: 10_000,
      stallMs: 2000,
      open: false,
      until: 'complete',
    });
    const address = { host: '127.0.0.1', port: 5100 };
    controller.hear({ type: 'tracker-started', peer: 'tracker', atMs: 900, address });
    controller.begin(1000);
    expect(controller.events).toEqual([{ type: 'tracker-started', peer: 'tracker', atMs: 0, address }]);
  });

  it('ends at the time limit', async () => {
    const controller = conduct([peerOf(0, {})]);
    await clock.goTo(10_000);
    expect(await controller.ended).toEqual({ ending: 'time-limit', atMs: 10_000 });
  });

  it('waits for a late joiner even when all others are complete', async () => {
    const late = peerOf(1, { sessions: [{ joinMs: 3000, leave: null }] });
    const controller = conduct([peerOf(0, {}), late]);
    tell(controller, 'p0', 'joined', TOTAL_CHUNKS);
    await clock.goTo(4000);
    tell(controller, 'p1', 'joined');
    tell(controller, 'p1', 'completed');
    expect(await controller.ended).toEqual({ ending: 'completed', atMs: 4000 });
    expect(runtime.notes).toEqual(['join p0 at 0', 'join p1 at 3000']);
  });

  it('counts a leave from completion from the completion', async () => {
    const sessions: PlannedPeer['sessions'] = [
      { joinMs: 0, leave: leave({ from: 'completion', afterMs: 100 }) },
    ];
    const controller = conduct([peerOf(0, { sessions, mustComplete: false }), peerOf(1, {})]);
    tell(controller, 'p0', 'joined');
    await clock.goTo(700);
    tell(controller, 'p0', 'completed');
    await clock.goTo(799);
    expect(runtime.notes).not.toContain('leave p0');
    await clock.goTo(801);
    expect(runtime.notes).toContain('leave p0');
  });

  it('tells of a crash, and brings the peer back as planned with what it had', async () => {
    const sessions: PlannedPeer['sessions'] = [
      { joinMs: 0, leave: leave({ how: 'crash', afterMs: 1000 }) },
      { joinMs: 2000, leave: null },
    ];
    const peer = peerOf(0, { sessions });
    const controller = conduct([peer]);
    tell(controller, 'p0', 'joined');
    await clock.goTo(1500);
    expect(controller.events.at(-1)).toEqual({ type: 'peer-crashed', peer: 'p0', atMs: 1000 });
    expect(runtime.notes).toEqual(['join p0 at 0', 'crash p0', 'prepare p0', 'join p0 at 2000']);
    await clock.goTo(2100);
    tell(controller, 'p0', 'joined', 1);
    tell(controller, 'p0', 'completed');
    expect((await controller.ended).ending).toBe('completed');
  });

  it('resets the folder of a peer that is to come back without its chunks', async () => {
    const sessions: PlannedPeer['sessions'] = [
      { joinMs: 0, leave: leave({ how: 'crash', afterMs: 1000, keepChunks: false }) },
      { joinMs: 2000, leave: null },
    ];
    const controller = conduct([peerOf(0, { sessions })]);
    tell(controller, 'p0', 'joined');
    await clock.goTo(1500);
    expect(runtime.notes.slice(1)).toEqual(['crash p0', 'reset p0', 'prepare p0', 'join p0 at 2000']);
  });

  it('ends when all are complete, although some were to leave and come back', async () => {
    const sessions: PlannedPeer['sessions'] = [
      { joinMs: 0, leave: leave({ afterMs: 5000 }) },
      { joinMs: 6000, leave: null },
    ];
    const controller = conduct([peerOf(0, { sessions }), peerOf(1, {})]);
    tell(controller, 'p0', 'joined');
    tell(controller, 'p1', 'joined');
    await clock.goTo(300);
    tell(controller, 'p0', 'completed');
    await clock.goTo(400);
    tell(controller, 'p1', 'completed');
    expect(await controller.ended).toEqual({ ending: 'completed', atMs: 400 });
  });

  it('does not wait for a seeder that is late, once all have what they lacked', async () => {
    const late = peerOf(1, { sessions: [{ joinMs: 3000, leave: null }] }, [1, 2]);
    const controller = conduct([peerOf(0, {}), late]);
    tell(controller, 'p0', 'joined');
    await clock.goTo(200);
    tell(controller, 'p0', 'completed');
    expect(await controller.ended).toEqual({ ending: 'completed', atMs: 200 });
  });

  it('waits on with until: sessions, and is complete whatever ends it then', async () => {
    const sessions: PlannedPeer['sessions'] = [
      { joinMs: 0, leave: leave({ from: 'completion', afterMs: 20_000 }) },
      { awayMs: 300, leave: null },
    ];
    const ends: ((controller: RunController) => void)[] = [
      (controller) => controller.end('aborted', 'elapsed > 8s'),
      (controller) => controller.end('time-limit'),
    ];
    for (const end of ends) {
      renewClock();
      const controller = conduct([peerOf(0, { sessions })], { until: 'sessions' });
      tell(controller, 'p0', 'joined');
      await clock.goTo(700);
      tell(controller, 'p0', 'completed');
      await clock.goTo(8000);
      controller.checkStall();
      end(controller);
      expect(await controller.ended).toEqual({ ending: 'completed', atMs: 8000 });
    }
  });

  it('brings a peer back so long after it has left at its completion, and waits for it if told to', async () => {
    const sessions: PlannedPeer['sessions'] = [
      { joinMs: 0, leave: leave({ from: 'completion', afterMs: 100 }) },
      { awayMs: 300, leave: leave({ from: 'completion', afterMs: 50 }) },
      { awayMs: 400, leave: null },
    ];
    const controller = conduct([peerOf(0, { sessions })], { until: 'sessions' });
    tell(controller, 'p0', 'joined');
    await clock.goTo(700);
    tell(controller, 'p0', 'completed');
    await clock.goTo(810);
    // It took its time to leave: the absence counts from when it was gone.
    controller.gone('p0', clock.now());
    await clock.goTo(1200);
    tell(controller, 'p0', 'joined', TOTAL_CHUNKS);
    await clock.goTo(1260);
    controller.gone('p0', clock.now());
    await clock.goTo(1700);
    const [once, again] = ['join p0 at 1110', 'join p0 at 1660'];
    const left = ['leave p0', 'prepare p0'];
    expect(runtime.notes).toEqual(['join p0 at 0', ...left, once, ...left, again]);
    tell(controller, 'p0', 'joined', TOTAL_CHUNKS);
    expect(await controller.ended).toEqual({ ending: 'completed', atMs: 1700 });
  });

  it('has a peer complete anew that was killed at its completion and lost its chunks', async () => {
    const end = leave({ how: 'crash', from: 'completion', keepChunks: false });
    const sessions: PlannedPeer['sessions'] = [
      { joinMs: 0, leave: end },
      { awayMs: 300, leave: null },
    ];
    const controller = conduct([peerOf(0, { sessions }), peerOf(1, {})]);
    tell(controller, 'p0', 'joined');
    await clock.goTo(700);
    tell(controller, 'p0', 'completed');
    await clock.goTo(1000);
    tell(controller, 'p1', 'joined', TOTAL_CHUNKS);
    const ended = ['join p0 at 0', 'join p1 at 0', 'crash p0', 'reset p0', 'prepare p0', 'join p0 at 1000'];
    expect(runtime.notes).toEqual(ended);
    tell(controller, 'p0', 'joined');
    await clock.goTo(2000);
    tell(controller, 'p0', 'completed');
    expect(await controller.ended).toEqual({ ending: 'completed', atMs: 2000 });
    expect(runtime.notes).toEqual(ended);
  });

  it('ends as stalled when all that must complete are gone for good', async () => {
    const sessions: PlannedPeer['sessions'] = [{ joinMs: 0, leave: leave({ how: 'crash', afterMs: 1000 }) }];
    const controller = conduct([peerOf(0, { sessions })]);
    tell(controller, 'p0', 'joined');
    await clock.goTo(1001);
    expect((await controller.ended).ending).toBe('stalled');
  });

  it('ends as stalled when nobody has or brings what is missing, and nothing moves', async () => {
    const sessions: PlannedPeer['sessions'] = [{ joinMs: 0, leave: leave({ afterMs: 1000 }) }];
    const controller = conduct([peerOf(0, { sessions, mustComplete: false }, [1, 2]), peerOf(1, {})]);
    tell(controller, 'p0', 'joined', 2);
    tell(controller, 'p1', 'joined');
    await clock.goTo(5000);
    controller.checkStall();
    expect(controller.now()).toBe(5000);
    controller.gone('p0', clock.now());
    controller.checkStall();
    expect(await controller.ended).toEqual({ ending: 'stalled', atMs: 5000 });
  });

  it('does not call it stalled while bytes come in, nor where others may join', async () => {
    for (const open of [false, true]) {
      const controller = conduct([peerOf(0, {})], { open });
      tell(controller, 'p0', 'joined');
      for (let ms = 1000; ms < 6000; ms += 1000) {
        await clock.goTo(ms);
        if (!open) runtime.received++;
        controller.checkStall();
      }
      controller.end('interrupted');
      expect((await controller.ended).ending).toBe('interrupted');
      renewClock();
    }
  });

  it('keeps what was told late of the time before the end, and nothing of the time after', async () => {
    const controller = conduct([peerOf(0, {})]);
    await clock.goTo(400);
    controller.end('interrupted');
    controller.hear({ type: 'chunk-asked', peer: 'p0', atMs: 1399, index: 1 });
    controller.hear({ type: 'chunk-asked', peer: 'p0', atMs: 1401, index: 2 });
    expect(controller.events).toEqual([{ type: 'chunk-asked', peer: 'p0', atMs: 399, index: 1 }]);
  });

  it('tells what broke, and only the first of it', async () => {
    const controller = conduct([peerOf(0, {})]);
    const error = new StoreError('disk full');
    controller.fail(error);
    controller.fail(new StoreError('and another'));
    await expect(controller.ended).rejects.toBe(error);
    expect(() => controller.throwIfFailed()).toThrow('disk full');
  });
});
