/** Scenario → Plan: draws everything random about a run. A pure function of scenario and seed. */
import { ConfigError } from '../../core/errors.ts';
import type { Random } from '../../core/interfaces.ts';
import { sample, seededRandom } from '../../core/random.ts';
import type { Arrival, PeerGroup, Scenario, ScenarioContent } from '../scenario/scenario.ts';
import { sampleDistribution, type DrawnDistribution } from './distributions.ts';
import { nameChunks } from './name-chunks.ts';
import {
  PLAN_SCHEMA_VERSION,
  type Distribution,
  type Plan,
  type PlannedContent,
  type PlannedPeer,
  type PlannedSession,
} from './plan.ts';

/** A heavy tail may draw years; no run is longer than this. */
const DRAWN_MS_MAX = 24 * 3600 * 1000;
/** A distribution may draw a rate near 0, and a rate is more than 0. */
const DRAWN_BYTES_PER_SEC_MIN = 1;

export interface ExpandOptions {
  /** Instead of the scenario's own. */
  readonly seed?: string;
}

/**
 * Every peer and every property draws from a stream of its own, forked by name: adding a group, a peer or a key
 * changes nothing that was drawn for others.
 *
 * @throws {ConfigError} by this seed, nobody holds some chunk at the start
 */
export function expand(scenario: Scenario, { seed = scenario.seed }: ExpandOptions = {}): Plan {
  const random = seededRandom(seed);
  const peers = scenario.groups.flatMap((group) => expandGroup(group, scenario.content, random, seed));
  const plan: Plan = {
    schemaVersion: PLAN_SCHEMA_VERSION,
    scenario: { name: scenario.name, description: scenario.description },
    seed,
    content: planContent(scenario.content, seed),
    tracker: { ...scenario.tracker, seed: `${seed}/tracker` },
    peers,
    regions: null,
    faults: [],
    expect: [],
    abortOn: [],
    variant: null,
    timeLimitMs: scenario.timeLimitMs,
    engine: { peersPerWorker: scenario.peersPerWorker },
  };
  if (scenario.groups.some(({ holds }) => holds.kind === 'drawn')) checkDrawnHoldings(plan, scenario);
  return plan;
}

function planContent(content: ScenarioContent, seed: string): PlannedContent {
  if (content.kind === 'generated') return { ...content, seed: `${seed}/content` };
  const { folders, totalChunks, chunkBytes } = content;
  return { kind: 'folders', folders: folders.map((folder) => folder.path), totalChunks, chunkBytes };
}

function expandGroup(
  group: PeerGroup,
  content: ScenarioContent,
  random: Random,
  seed: string,
): readonly PlannedPeer[] {
  const joins = drawJoins(group, random);
  return joins.map((joinMs, index): PlannedPeer => {
    // Not the peer's name, which changes when a group of one grows.
    const label = `peer/${group.name}/${index + 1}`;
    const own = random.fork(label);
    const rate = (distribution: Distribution | null, key: string): number | null =>
      distribution === null
        ? null
        : Math.max(DRAWN_BYTES_PER_SEC_MIN, Math.round(sampleDistribution(distribution, own.fork(key))));
    return {
      name: group.count === 1 ? group.name : `${group.name}/${index + 1}`,
      group: group.name,
      holds: drawHolds(group, content, own.fork('holds')),
      protocol: group.protocol,
      policy: group.policy,
      link: {
        upBytesPerSec: rate(group.link.up, 'up'),
        downBytesPerSec: rate(group.link.down, 'down'),
        latencyMs: drawMs(group.link.latencyMs, own.fork('latency')),
        jitterMs: group.link.jitterMs,
        region: null,
        loss: null,
        window: null,
        changes: [],
      },
      sessions: drawSessions(group, joinMs, own),
      mustComplete: group.mustComplete,
      seed: `${seed}/${label}`,
    };
  });
}

/** When each peer of the group joins, in ms. */
function drawJoins({ name, count, arrival }: PeerGroup, random: Random): readonly number[] {
  const numbers = Array.from({ length: count }, (_, index) => index + 1);
  switch (arrival.kind) {
    case 'spaced':
      return numbers.map((number) => capped(arrival.startMs + (number - 1) * arrival.gapMs));
    case 'uniform':
      return numbers.map((number) => drawMs(between(arrival), random.fork(`peer/${name}/${number}/arrival`)));
    case 'trace':
      return arrival.rows.slice(0, count).map((row) => row.joinMs);
    case 'poisson': {
      const gaps = random.fork(`group/${name}/arrivals`);
      const gap: Distribution = { kind: 'exponential', mean: 1000 / arrival.perSecond };
      let joinMs = arrival.startMs;
      return numbers.map(() => (joinMs = capped(rounded(joinMs + sampleDistribution(gap, gaps)))));
    }
  }
}

function between({ fromMs, toMs }: Extract<Arrival, { kind: 'uniform' }>): Distribution {
  return { kind: 'uniform', min: fromMs, max: toMs };
}

function drawHolds(group: PeerGroup, content: ScenarioContent, random: Random): PlannedPeer['holds'] {
  if (group.holds.kind !== 'drawn') return group.holds;
  const all = Array.from({ length: content.totalChunks }, (_, index) => index + 1);
  const indices = sample(all, group.holds.chunks, random).sort((a, b) => a - b);
  return { kind: 'chunks', indices };
}

function drawSessions(
  { leave, comeBack }: PeerGroup,
  joinMs: number,
  own: Random,
): readonly PlannedSession[] {
  if (leave === null) return [{ joinMs, leave: null }];
  const drawnMs = drawMs(leave.afterMs, own.fork('leave'));
  const { how } = leave;
  const keepChunks = comeBack?.keepChunks ?? true;
  if (leave.from === 'completion') {
    return [{ joinMs, leave: { how, from: 'completion', afterMs: drawnMs, keepChunks } }];
  }
  const leaveMs = capped(leave.from === 'join' ? rounded(joinMs + drawnMs) : Math.max(joinMs, drawnMs));
  const stay: PlannedSession = { joinMs, leave: { how, from: 'start', afterMs: leaveMs, keepChunks } };
  if (comeBack === null) return [stay];
  const awayMs = drawMs(comeBack.afterMs, own.fork('return'));
  return [stay, { joinMs: capped(rounded(leaveMs + awayMs)), leave: null }];
}

function drawMs(distribution: DrawnDistribution, random: Random): number {
  return capped(rounded(sampleDistribution(distribution, random)));
}

/** To the microsecond: what follows is never as exact, and a plan stays readable. */
function rounded(ms: number): number {
  return Math.round(ms * 1000) / 1000;
}

function capped(ms: number): number {
  return Math.min(ms, DRAWN_MS_MAX);
}

/** What validation could not know: whether the drawn shares cover the file, often enough for the tracker. */
function checkDrawnHoldings(plan: Plan, scenario: Scenario): void {
  const holders = new Array<number>(plan.content.totalChunks).fill(0);
  for (const { holds } of plan.peers)
    for (const index of indicesOf(holds, scenario.content)) holders[index - 1]!++;
  const needed = Math.max(1, plan.tracker.agreement);
  const lacking = holders.flatMap((count, index) => (count < needed ? [index + 1] : []));
  if (lacking.length === 0) return;
  const many = needed === 1 ? 'nobody holds' : `fewer than ${needed} peers (tracker.agreement) hold`;
  throw new ConfigError(
    `scenario ${plan.scenario.name}: by seed ${plan.seed}, ${many} ${nameChunks(lacking)} at the start; ` +
      'raise the share in holds, add a group that holds all, or choose another seed',
  );
}

function indicesOf(holds: PlannedPeer['holds'], content: ScenarioContent): Iterable<number> {
  switch (holds.kind) {
    case 'all':
      return Array.from({ length: content.totalChunks }, (_, index) => index + 1);
    case 'none':
      return [];
    case 'chunks':
      return holds.indices;
    case 'folder':
      return content.kind === 'folders' ? content.folders[holds.folder]!.chunks.keys() : [];
  }
}
