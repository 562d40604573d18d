import { EngineError } from '../../../core/errors.ts';
import type { Clock } from '../../../core/interfaces.ts';
import { occurrencesOf } from '../../faults/occurrence.ts';
import { machineId, watchMachine } from '../../machine/machine-changes.ts';
import type { Plan } from '../../plan/plan.ts';
import type { HostOfRun } from '../engine.ts';
import type { Ground, HostFigures, HostingComponents } from '../real-time/ground.ts';
import { hasRates, sliceMsOf } from '../real-time/slice.ts';
import { trackerHasFaults } from '../run/fault-injector.ts';
import { fromPlainError } from '../run/plain-errors.ts';
import { whyAddresses } from '../threads/addresses.ts';
import { CLOCK_ERROR_MS_MAX, errorUntil, type ClockOffset } from './clock-offset.ts';
import { ClusterHosting } from './cluster-hosting.ts';
import type { HostLink } from './host-link.ts';
import { withoutOwn, worstChanges, type OnMachine } from './machine-share.ts';
import type { FromHost, ToHostOf } from './messages.ts';
import { partOfHost, placeOn, type Placed } from './placement.ts';
import { askAll, GRACE_MS, RemoteHost } from './remote-host.ts';

/** After the run; who takes longer keeps what was measured before it. */
const CLOCKS_AGAIN_MS = 2000;

/** So long after the barrier the distribution begins, so that every host has heard of it. */
const LEAD_MS = 50;
const LEAD_CLOCK_ERRORS = 10;
const LEAD_PER_PEER_MS = 0.05;

/** A host with its part of the peers. */
interface Member {
  readonly host: RemoteHost;
  /** Positions in the plan. */
  readonly peers: readonly number[];
  clock: ClockOffset | undefined;
  /** Threads. */
  workers: number;
}

/** The hosts of a cluster as ground of a run: each has a part of the peers, each peer in a thread of its own. */
export class ClusterGround implements Ground {
  readonly engine = 'cluster';
  readonly plan: Plan;
  readonly #placed: readonly Placed<HostLink>[];
  #members: readonly Member[] = [];
  #hosting: ClusterHosting | undefined;
  #trouble: Error | undefined;

  /** @throws {ConfigError} the plan cannot be spread over these hosts */
  constructor(plan: Plan, links: readonly HostLink[]) {
    this.plan = plan;
    this.#placed = placeOn(plan, links);
  }

  async prepare(clock: Clock, signal: AbortSignal): Promise<void> {
    const listener = {
      onMessage: (host: RemoteHost, message: FromHost) => this.#hear(host, message),
      onLost: (host: RemoteHost, why: string) => this.#lose(host, why),
    };
    this.#members = this.#placed.map(({ host, peers }) => ({
      host: new RemoteHost(host, clock, listener),
      peers,
      clock: undefined,
      workers: 0,
    }));
    const answers = await Promise.all(
      this.#members.map(async (member) => {
        member.clock = await comparedClock(member.host);
        signal.throwIfAborted();
        const answer = await member.host.ask(this.#assembleOf(member), 'assembled');
        member.workers = answer.workers;
        return answer;
      }),
    );
    signal.throwIfAborted();
    const other = answers.findIndex(({ contentDigest }) => contentDigest !== answers[0]!.contentDigest);
    if (other > 0) {
      const [first, second] = [this.#members[0]!, this.#members[other]!].map(({ host }) => host.info.name);
      throw new EngineError(
        `hosts ${first} and ${second} have different content in folders of the same name; ` +
          'give all agents the same folders, or generate the content',
      );
    }
  }

  host(components: HostingComponents): ClusterHosting {
    this.#hosting = new ClusterHosting({ ...components, members: this.#members }, this.plan);
    if (this.#trouble !== undefined) components.listener.onFailure(this.#trouble);
    return this.#hosting;
  }

  startLeadMs(): number {
    const errors = this.#members.map(({ clock }) => clock?.errorMs ?? 0);
    return LEAD_MS + LEAD_CLOCK_ERRORS * Math.max(...errors) + LEAD_PER_PEER_MS * this.plan.peers.length;
  }

  watch(): (elapsedMs: number) => HostFigures {
    const readOwn = watchMachine();
    return () => {
      const coordinator = { machine: machineId(), changes: readOwn() };
      const uses = this.#members.flatMap(({ host }) => host.use ?? []);
      const most = (of: (use: (typeof uses)[number]) => number): number =>
        uses.reduce((max, use) => Math.max(max, of(use)), 0);
      const processes = [coordinator, ...uses];
      const changes = uses.map((use) => withoutOwn(use, processes));
      const throttled = uses.flatMap(({ throttledShare }) => throttledShare ?? []);
      const fitted = this.#members.flatMap(({ host }) =>
        (host.use?.fitted ?? []).map((note) => `Host ${host.info.name}: ${note}`),
      );
      return {
        cpuShare: most(({ cpuShare }) => cpuShare),
        throttledShare: throttled.length === 0 ? null : Math.max(...throttled),
        loadBefore: most(({ loadBefore }) => loadBefore),
        ...(changes.length > 0 && { changes: worstChanges(changes) }),
        maxRssBytes: most(({ maxRssBytes }) => maxRssBytes),
        foldersInMemory: uses.every(({ foldersInMemory }) => foldersInMemory),
        ...(fitted.length > 0 && { fitted }),
        hosts: this.#members.map((member) => hostOfRun(member, this.#hosting, processes)),
      };
    };
  }

  /** Clocks again: how far they have drifted. And who has died since is not there any more. */
  async completed(figures: HostFigures): Promise<HostFigures> {
    const hosts = this.#members.map(({ host }) => host);
    const errors = new Map<RemoteHost, number>();
    await askAll(hosts, CLOCKS_AGAIN_MS, async (host) => {
      const before = this.#members.find((member) => member.host === host)!.clock!;
      errors.set(host, errorUntil(before, await host.compareClocks()));
    });
    return {
      ...figures,
      hosts: figures.hosts!.map((one, at) => {
        const host = hosts[at]!;
        return { ...one, lost: host.lost, clockErrorMs: errors.get(host) ?? one.clockErrorMs };
      }),
    };
  }

  async dispose(): Promise<void> {
    const hosts = this.#members.map(({ host }) => host);
    await askAll(hosts, GRACE_MS, (host) => host.ask({ type: 'dispose' }, 'disposed'));
    for (const { host } of this.#placed) host.close();
  }

  #hear(host: RemoteHost, message: FromHost): void {
    if (this.#hosting !== undefined) this.#hosting.hear(host, message);
    else if (message.type === 'failed') this.#trouble ??= fromPlainError(message.error);
  }

  #lose(host: RemoteHost, why: string): void {
    if (this.#hosting !== undefined) this.#hosting.lose(host, why);
    else this.#trouble ??= new EngineError(`host ${host.info.name} was lost: ${why}`);
  }

  /** The plan of a host has only its peers; what faults do to them it is told in time. */
  #assembleOf(member: Member): ToHostOf<'assemble'> {
    const { plan } = this;
    const { peers, clock } = member;
    const isFirst = member === this.#members[0];
    const sliceMs = hasRates(plan) ? { sliceMs: sliceMsOf(plan) } : {};
    return {
      type: 'assemble',
      plan: {
        ...plan,
        peers: peers.map((position) => plan.peers[position]!),
        faults: [],
        sets: {},
        expect: [],
        abortOn: [],
        engine: { ...plan.engine, ...sliceMs },
      },
      originNs: String(clock!.originNs),
      occurrences: occurrencesOf(plan).length,
      trackerHasFaults: trackerHasFaults(plan),
      place: {
        members: this.#members.map(({ host }) => host.info.address),
        links: whyAddresses(plan) === undefined ? null : this.#linksByAddress(),
      },
      part: partOfHost(plan, member, isFirst),
    };
  }

  #linksByAddress(): NonNullable<ToHostOf<'assemble'>['place']['links']> {
    return {
      links: this.#members.map(({ peers }) => this.plan.peers[peers[0]!]!.link),
      linkAt: Object.fromEntries(this.#members.map(({ host }, at) => [host.info.address, at])),
    };
  }
}

/** @throws {EngineError} nobody could tell which of two events came first */
async function comparedClock(host: RemoteHost): Promise<ClockOffset> {
  const offset = await host.compareClocks();
  if (offset.errorMs <= CLOCK_ERROR_MS_MAX) return offset;
  throw new EngineError(
    `the clock of host ${host.info.name} is known only to ${offset.errorMs.toFixed(1)} ms (${CLOCK_ERROR_MS_MAX} ms at most): ` +
      'the way to it takes too long; run the coordinator nearer to the hosts, or leave this host out',
  );
}

/** `processes`: of the whole run. */
function hostOfRun(
  { host, peers, clock }: Member,
  hosting: ClusterHosting | undefined,
  processes: readonly OnMachine[],
): HostOfRun {
  const { info, use, lost } = host;
  return {
    name: info.name,
    address: info.address,
    peers: peers.length,
    cores: info.cores,
    lost,
    clockErrorMs: clock?.errorMs ?? 0,
    ...(hosting?.delaysOf(host) ?? { loopDelayP99Ms: 0, loopDelayMaxMs: 0 }),
    cpuShare: use?.cpuShare ?? 0,
    loadBefore: use?.loadBefore ?? 0,
    ...(use && { changes: withoutOwn(use, processes) }),
    maxRssBytes: use?.maxRssBytes ?? 0,
  };
}
