import { describe, expect, it } from 'vitest';
import { ConfigError } from '../../src/core/errors.ts';
import type { SwarmEvent } from '../../src/core/events.ts';
import type { Engine, RunRecord, RunWatcher } from '../../src/sim/engines/engine.ts';
import { unlimitedLink, type Plan, type PlannedLeave, type PlannedPeer } from '../../src/sim/plan/plan.ts';
import { plannedPeer, type RecordedRun } from '../../src/sim/measure/fixture.ts';
import {
  eventsOf,
  faultOf,
  faultRecord,
  KIB,
  runRecorded,
  swarmPlan,
  whenProgress,
} from '../sim/fault-run.ts';

const CHUNKS = 64;
const slow = { ...unlimitedLink, upBytesPerSec: 1024 * KIB, latencyMs: 5 };

const AWAY_MS = 100;

/** Once it is complete: however busy the machine, it has joined by then, and the tracker knows it. */
const leavesAndReturns = (leave: Partial<PlannedLeave>): Partial<PlannedPeer> => ({
  link: slow,
  sessions: [
    { joinMs: 0, leave: { how: 'crash', from: 'completion', afterMs: 0, keepChunks: true, ...leave } },
    { awayMs: AWAY_MS, leave: null },
  ],
});

/** What a user may rely on, whatever the engine of a run is. */
export function describeEngine(name: string, make: () => Engine): void {
  const run = (plan: Plan, watcher: Partial<RunWatcher> = {}): Promise<RecordedRun> =>
    runRecorded(make(), plan, watcher);
  const withPeer = (peer: Partial<PlannedPeer>, changes: Partial<Plan> = {}): Plan => {
    const plan = swarmPlan({ upBytesPerSec: 1024 * KIB }, changes);
    return { ...plan, peers: [...plan.peers, plannedPeer('other', peer)] };
  };

  describe(`the ${name} engine`, () => {
    it('says what a run needs before it starts, and that it can be run', () => {
      const plan = swarmPlan({});
      expect(make().name).toBe(name);
      expect(make().check(plan)).toEqual([]);
      const { threads, memoryBytes, setupMs } = make().needs(plan);
      expect(Math.min(threads, memoryBytes, setupMs)).toBeGreaterThan(0);
    });

    it('completes a swarm: events in order of time, totals that agree with them, all content intact', async () => {
      const record = await run(swarmPlan({ leechers: 3 }));
      expect(record).toMatchObject({ engine: name, ending: 'completed' });
      expect(record.peers.map(({ integrity }) => integrity)).toEqual(Array(4).fill('intact'));
      expect(record.peers.map(({ heldChunksAtEnd }) => heldChunksAtEnd)).toEqual(Array(4).fill(CHUNKS));
      const times = record.events.map(({ atMs }) => atMs);
      expect(times).toEqual([...times].sort((a, b) => a - b));
      expect(record.events[0]).toMatchObject({ type: 'tracker-started', atMs: 0 });
      const received = eventsOf(record, 'chunk-received').reduce((sum, { bytes }) => sum + bytes, 0);
      expect(received).toBe(3 * CHUNKS * 16 * KIB);
      expect(record.samples.at(-1)).toMatchObject({ usefulBytes: received, peersCompleted: 4, progress: 1 });
      const sent = record.peers.reduce((sum, { traffic }) => sum + traffic.payloadSentBytes, 0);
      expect(sent).toBeGreaterThanOrEqual(received);
      expect(record.tracker.messagesReceived).toBeGreaterThan(0);
    });

    it('keeps to the links: nobody completes before the bound', async () => {
      const { peers, elapsedMs, ending } = await run(swarmPlan({ leechers: 1, upBytesPerSec: 1024 * KIB }));
      expect(ending).toBe('completed');
      expect(elapsedMs).toBeGreaterThanOrEqual(1000);
      expect(peers[0]!.shaping.bytesPacedUp).toBeGreaterThanOrEqual(CHUNKS * 16 * KIB);
    });

    it('lets a peer crash and return with the chunks that it had', async () => {
      const record = await run(withPeer(leavesAndReturns({}), { until: 'sessions' }));
      const [crash, ...others] = eventsOf(record, 'peer-crashed', 'other');
      expect(others).toEqual([]);
      const joins = eventsOf(record, 'peer-joined', 'other');
      expect(joins.map(({ heldChunks }) => heldChunks)).toEqual([0, CHUNKS]);
      expect(joins[1]!.atMs).toBeGreaterThanOrEqual(crash!.atMs + AWAY_MS);
      expect(record.peers.at(-1)).toMatchObject({ integrity: 'intact', leftIncomplete: false });
    });

    it('lets a peer leave in order, which the tracker hears of, and return without its chunks', async () => {
      const leave = { how: 'graceful', keepChunks: false } as const;
      const record = await run(withPeer(leavesAndReturns(leave), { until: 'sessions' }));
      expect(eventsOf(record, 'peer-left', 'other')).toHaveLength(1);
      expect(eventsOf(record, 'peer-forgotten', 'tracker')).toContainEqual(
        expect.objectContaining({ reason: 'stopped' }),
      );
      expect(eventsOf(record, 'peer-joined', 'other').map(({ heldChunks }) => heldChunks)).toEqual([0, 0]);
      expect(record.ending).toBe('completed');
    });

    it('excuses who has left for good, and says that it is incomplete', async () => {
      const leave = { how: 'crash', from: 'start', afterMs: 200, keepChunks: true } as const;
      const record = await run(
        withPeer({ link: slow, sessions: [{ joinMs: 0, leave }], mustComplete: 'unless-gone' }),
      );
      expect(record.ending).toBe('completed');
      expect(record.peers.at(-1)).toMatchObject({ integrity: 'incomplete', leftIncomplete: true });
    });

    it('carries out faults and tells what they hit', async () => {
      const faults = [
        faultOf(
          { kind: 'crash', peers: ['leecher/1'], returnAfterMs: 100, keepChunks: true },
          { name: 'kill' },
        ),
        faultOf({ kind: 'tracker-down', forgets: true }, { name: 'outage', forMs: 300 }),
        faultOf(
          { kind: 'partition', sides: [['seeder'], ['leecher/2']], oneWay: false },
          { name: 'cut', forMs: 300 },
        ),
        faultOf({ kind: 'corrupt', peers: ['seeder'], probability: 0.1 }, { name: 'spoil' }),
      ].map((fault) => ({ ...fault, when: whenProgress(0.2) }));
      const record = await run(swarmPlan({ upBytesPerSec: 1024 * KIB, seeders: 2 }, { faults }));
      expect(record.ending).toBe('completed');
      expect(faultRecord(record, 'kill')).toMatchObject({ hits: 1, beganMs: expect.any(Number) as number });
      for (const fault of ['outage', 'cut', 'spoil']) {
        expect(faultRecord(record, fault).beganMs).toBeGreaterThan(0);
      }
      expect(faultRecord(record, 'spoil').hits).toBeGreaterThan(0);
      expect(eventsOf(record, 'fault-ended').map(({ fault }) => fault)).toContain('outage');
      expect(record.peers.map(({ integrity }) => integrity)).toEqual(Array(4).fill('intact'));
    });

    it('shows who looks on what has happened so far: events in order, and the record until now', async () => {
      const live: SwarmEvent[] = [];
      const peeks: RunRecord[] = [];
      // In virtual time so many that the run takes a while.
      const plan = swarmPlan({ leechers: name === 'virtual' ? 20 : 2, upBytesPerSec: 512 * KIB });
      const record = await run(plan, {
        onLiveEvent: (event) => live.push(event),
        onProgress: (_, peek) => peeks.push(peek()),
      });
      const told = new Set(record.events.map((event) => JSON.stringify(event)));
      expect(live.length).toBeGreaterThan(CHUNKS);
      expect(live.filter((event) => !told.has(JSON.stringify(event)))).toEqual([]);
      const times = live.map(({ atMs }) => atMs);
      expect(times).toEqual([...times].sort((a, b) => a - b));
      expect(peeks.length).toBeGreaterThan(0);
      expect(peeks.map(({ peers }) => peers.length)).toEqual(peeks.map(() => plan.peers.length));
      const sizes = [...peeks, record].map(({ elapsedMs }) => elapsedMs);
      expect(sizes).toEqual([...sizes].sort((a, b) => a - b));
      const { usefulBytes } = record.samples.at(-1)!;
      expect(usefulBytes).toBe((plan.peers.length - 1) * CHUNKS * 16 * KIB);
    });

    it('gives up at the time limit, and by a condition', async () => {
      const plan = swarmPlan({ upBytesPerSec: KIB }, { timeLimitMs: 500 });
      const late = await run(plan);
      expect(late.ending).toBe('time-limit');
      expect(late.elapsedMs).toBeGreaterThanOrEqual(500);
      const text = 'elapsed > 200ms';
      const condition = { text, figure: { kind: 'elapsed' }, comparison: '>', value: 200 } as const;
      const given = await run({ ...plan, abortOn: [condition] });
      expect(given).toMatchObject({ ending: 'aborted', abortedBy: text });
    });

    it('gives back what was measured until an interrupt', async () => {
      const interrupt = new AbortController();
      const record = await run(swarmPlan({ upBytesPerSec: KIB }, { timeLimitMs: 86_400_000 }), {
        signal: interrupt.signal,
        onProgress: () => interrupt.abort(),
      });
      expect(record.ending).toBe('interrupted');
      expect(record.events.length).toBeGreaterThan(0);
    });

    it('refuses by name what it cannot honour', async () => {
      const faults = [faultOf({ kind: 'pause', peers: ['tracker'] }, { name: 'nap' })];
      const plan = swarmPlan({}, { faults });
      expect(() => make().check(plan)).toThrow(/nap/);
      await expect(run(plan)).rejects.toThrow(ConfigError);
    });
  });
}
