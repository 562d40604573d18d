/** Scenario → Plan: draws everything random about a run. A pure function of scenario and seed. */
import { ConfigError } from '../../core/errors.ts';
import { seededRandom } from '../../core/random.ts';
import { peerDirectory, selectPeers, type PeerDirectory } from '../scenario/expressions/peer-directory.ts';
import type { Scenario, ScenarioContent } from '../scenario/language/scenario.ts';
import { Draws } from './draws.ts';
import { expandCondition, expandFault } from './expand-faults.ts';
import { expandGroup } from './expand-peers.ts';
import { lackAtStart } from './holdings.ts';
import { tooShortNotices } from './too-short.ts';
import { lateNotices } from '../plan/after-time-limit.ts';
import { latestEnd } from '../plan/latest-end.ts';
import { nameChunks } from '../units/name-chunks.ts';
import { PLAN_SCHEMA_VERSION } from '../plan/plan-schema.ts';
import type { Plan, PlannedContent } from '../plan/plan.ts';

export interface ExpandOptions {
  /** Instead of the scenario's own. */
  readonly seed?: string;
}

/**
 * Every peer, every property and every fault draws from a stream of its own, forked by name: adding a group, a peer, a
 * key or a fault changes nothing that was drawn for others.
 *
 * @throws {ConfigError} with this seed, no peer holds some chunk at the start, or is in some side of a partition
 */
export function expand(scenario: Scenario, { seed = scenario.seed }: ExpandOptions = {}): Plan {
  const random = seededRandom(seed);
  const notices: string[] = [...(scenario.notices ?? [])];
  const told = <T>(owner: string, expandWith: (draws: Draws) => T): T => {
    const draws = new Draws(owner);
    const expanded = expandWith(draws);
    notices.push(...draws.notices());
    return expanded;
  };
  const peers = scenario.groups.flatMap((group) =>
    told(group.name, (draws) => expandGroup(group, scenario.content, random, seed, draws)),
  );
  const directory = peerDirectory(scenario.groups);
  const { timeLimitMs } = scenario;
  const faults = scenario.faults.map((fault) =>
    told(`fault ${fault.name}`, (draws) => expandFault(fault, directory, timeLimitMs, random, draws)),
  );
  const abortOn = scenario.abortOn.map((condition) => expandCondition(condition, directory));
  notices.push(...lateNotices(peers, faults, latestEnd({ timeLimitMs, abortOn }).ms));
  const content = planContent(scenario.content, seed);
  notices.push(...tooShortNotices({ peers, regions: scenario.regions, content, timeLimitMs }));
  const plan: Plan = {
    schemaVersion: PLAN_SCHEMA_VERSION,
    scenario: { name: scenario.name, description: scenario.description },
    seed,
    content,
    tracker: { ...scenario.tracker, seed: `${seed}/tracker` },
    peers,
    regions: scenario.regions,
    faults,
    ...(Object.keys(scenario.sets).length === 0 ? {} : { sets: expandSets(scenario.sets, directory) }),
    expect: scenario.expect,
    abortOn,
    variant: null,
    ...(notices.length === 0 ? {} : { notices }),
    timeLimitMs,
    ...(scenario.until === 'sessions' ? { until: scenario.until } : {}),
    ...(scenario.recordedEvents === 1 ? {} : { record: { events: scenario.recordedEvents } }),
    engine: scenario.engine,
  };
  if (scenario.groups.some(({ holds }) => holds.kind === 'drawn')) checkDrawnHoldings(plan, scenario.content);
  return plan;
}

function expandSets(sets: Scenario['sets'], directory: PeerDirectory): NonNullable<Plan['sets']> {
  return Object.fromEntries(
    Object.entries(sets).map(([text, set]) => [text, selectPeers(set, directory)] as const),
  );
}

function planContent(content: ScenarioContent, seed: string): PlannedContent {
  if (content.kind === 'generated') return { ...content, seed: `${seed}/content` };
  const { folders, totalChunks, chunkBytes } = content;
  return { kind: 'folders', folders: folders.map((folder) => folder.path), totalChunks, chunkBytes };
}

/** What validation could not know: whether the drawn shares cover the file, often enough for the tracker. */
function checkDrawnHoldings({ scenario, seed, peers, tracker }: Plan, content: ScenarioContent): void {
  const lack = lackAtStart({
    totalChunks: content.totalChunks,
    agreement: tracker.agreement,
    holdings: peers.map(({ holds }) => holds),
    chunksOf: (folder) => (content.kind === 'folders' ? content.folders[folder]!.chunks.keys() : []),
  });
  if (lack === undefined) return;
  const { chunks, needed } = lack;
  const many = needed === 1 ? 'no peer holds' : `fewer than ${needed} peers (tracker.agreement) hold`;
  throw new ConfigError(
    `scenario ${scenario.name}: with seed ${seed}, ${many} ${nameChunks(chunks)} at the start; ` +
      'raise the share in holds, add a group that holds all, or choose another seed',
  );
}
