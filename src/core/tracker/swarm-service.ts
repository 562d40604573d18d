import { addressKey } from '../address.ts';
import { BoundedMap } from '../bounded-map.ts';
import type { Address, CloseReason, Connection, Timer } from '../interfaces.ts';
import { ChunkSet } from '../chunk-set.ts';
import type { PeerForgotten } from '../events.ts';
import type { Announce, ChunkClaim, Handshake, Message } from '../protocol/messages.ts';
import { CLAIMS_MAX } from '../protocol/swarm/limits.ts';
import { SWARM_VERSION } from '../protocol/swarm/magic.ts';
import { PUSH_GAP_MS, SILENT_MAX, TRACKED_CHUNKS_MAX } from './limits.ts';
import type { TrackerOptions } from './options.ts';
import type { SwarmMember } from './registry.ts';
import type { ServiceComponents } from './spec-service.ts';

export interface SwarmServiceHooks {
  /** The port that the tracker listens on, for its handshake. */
  listeningPort(): number;
  onClosed(connection: Connection): void;
}

/** One swarm peer's connection. */
interface Session {
  readonly connection: Connection;
  heardMs: number;
  handshake: Handshake | undefined;
  /** From its first announce on, if it listens. */
  member: SwarmMember | undefined;
  /** How many agreed chunks, in the order of agreement, it has been told. */
  told: number;
  announced: boolean;
  /** It holds everything, and that was told. */
  complete: boolean;
  over: boolean;
}

/** The silence limit doubles for an address up to so many times itself. */
const SILENCE_FACTOR_MAX = 64;
const INTERVAL_MS_MAX = 2 ** 32 - 1;

/** Serves peers that speak the swarm protocol: handshake, announces, and pushes of what has been agreed since. */
export class SwarmService {
  readonly #components: ServiceComponents;
  readonly #options: Pick<TrackerOptions, 'announceIntervalMs' | 'silenceLimitMs' | 'peersPerAnswer'>;
  /** As it goes into a frame. */
  readonly #intervalMs: number;
  readonly #hooks: SwarmServiceHooks;
  /** In the order in which they were last heard. */
  readonly #sessions = new Map<Connection, Session>();
  readonly #owners = new Map<SwarmMember, Session>();
  /** By how much the silence limit has grown for an address that was forgotten as silent: it may be far away. */
  readonly #silenceFactors = new BoundedMap<string, number>(SILENT_MAX);
  #silenceTimer: Timer | undefined;
  #pushTimer: Timer | undefined;
  #inheritedTimer: Timer | undefined;
  #pushedMs = -Infinity;
  #pushedEnd = 0;
  #closed = false;

  constructor(
    components: ServiceComponents,
    options: Pick<TrackerOptions, 'announceIntervalMs' | 'silenceLimitMs' | 'peersPerAnswer'>,
    hooks: SwarmServiceHooks,
  ) {
    this.#components = components;
    this.#options = options;
    this.#intervalMs = Math.min(Math.max(1, Math.round(options.announceIntervalMs)), INTERVAL_MS_MAX);
    this.#hooks = hooks;
  }

  accept(connection: Connection): void {
    const session: Session = {
      connection,
      heardMs: this.#components.clock.now(),
      handshake: undefined,
      member: undefined,
      told: 0,
      announced: false,
      complete: false,
      over: false,
    };
    this.#sessions.set(connection, session);
    this.#watchSilence();
    connection.setHandlers({
      onMessage: (message) => this.#onMessage(session, message),
      onDrain: () => {
        connection.resume();
        this.#tellAgreed(session);
      },
      onClose: (reason) => this.#onClose(session, reason),
    });
  }

  /** Peers that a former tracker knew and that do not come back are forgotten as silent ones are. */
  watchInherited(): void {
    const { clock, registry } = this.#components;
    const inherited = registry.allSwarmMembers();
    if (inherited.length === 0) return;
    this.#inheritedTimer = clock.setTimer(this.#options.silenceLimitMs, () => {
      for (const member of inherited) {
        if (registry.swarmMemberAt(member.address) !== member) continue;
        if (!this.#owners.has(member)) this.#leave(member, 'silent');
      }
    });
  }

  /** The registry has changed: tells every peer soon of what has been agreed since it was last told. */
  pushSoon(): void {
    const { clock, registry } = this.#components;
    if (this.#closed || this.#pushTimer !== undefined || registry.agreedEnd === this.#pushedEnd) return;
    const delayMs = Math.max(0, this.#pushedMs + PUSH_GAP_MS - clock.now());
    this.#pushTimer = clock.setTimer(delayMs, () => {
      this.#pushTimer = undefined;
      this.#pushedMs = clock.now();
      this.#pushedEnd = registry.agreedEnd;
      for (const session of this.#sessions.values()) this.#tellAgreed(session);
    });
  }

  /** The tracker closes all connections: nothing more is sent or told. */
  close(): void {
    this.#closed = true;
    this.#silenceTimer?.cancel();
    this.#pushTimer?.cancel();
    this.#inheritedTimer?.cancel();
    for (const session of this.#sessions.values()) {
      session.over = true;
      session.member = undefined;
    }
  }

  #onMessage(session: Session, message: Message): void {
    if (session.over) return;
    session.heardMs = this.#components.clock.now();
    this.#sessions.delete(session.connection);
    this.#sessions.set(session.connection, session);
    if (message.type === 'handshake') this.#onHandshake(session, message);
    else if (message.type === 'announce') this.#onAnnounce(session, message);
    else if (message.type !== 'keep-alive')
      this.#fault(session, `${message.type} is not allowed towards a tracker`);
  }

  #onHandshake(session: Session, handshake: Handshake): void {
    const { version, totalChunks } = handshake;
    if (session.handshake !== undefined) return this.#fault(session, 'second handshake');
    if (version !== SWARM_VERSION) {
      return this.#fault(session, `version ${version} of the swarm protocol, not ${SWARM_VERSION}`);
    }
    if (totalChunks < 1 || totalChunks > TRACKED_CHUNKS_MAX) {
      return this.#fault(session, `${totalChunks} chunks, not 1 to ${TRACKED_CHUNKS_MAX}`);
    }
    this.#makeRoomFor(totalChunks);
    session.handshake = handshake;
    session.connection.send({
      type: 'handshake',
      version: SWARM_VERSION,
      name: 'tracker',
      port: this.#hooks.listeningPort(),
      totalChunks: this.#components.registry.totalChunks,
    });
    if (this.#isRightTotal(totalChunks)) return;
    // In order, not by a reset, which might overtake the handshake: that tells the peer why.
    this.#tellFault(session, this.#otherFile(totalChunks));
    this.#forget(session, 'disconnected');
    session.connection.end();
  }

  #onAnnounce(session: Session, announce: Announce): void {
    const { registry } = this.#components;
    const { handshake } = session;
    if (handshake === undefined) return this.#fault(session, 'announce before the handshake');
    if (announce.event === 'stopped') {
      this.#forget(session, 'stopped');
      session.connection.end();
      return;
    }
    const { totalChunks } = handshake;
    if (!this.#isRightTotal(totalChunks)) return this.#fault(session, this.#otherFile(totalChunks));
    const bits = ChunkSet.fromBits(announce.bits, totalChunks);
    if (bits === undefined) return this.#fault(session, 'bitfield of a wrong size, or with spare bits set');
    const address = { host: session.connection.remote.host, port: handshake.port };
    session.announced = true;
    if (session.member === undefined && address.port > 0 && !this.#join(session, address)) return;
    if (session.member !== undefined) {
      registry.update(session.member, bits, announce.claims);
      this.#lookComplete(session, bits);
    }
    this.#answer(session, Math.min(announce.wanted, this.#options.peersPerAnswer), address);
    this.pushSoon();
  }

  /** A peer that connects again may be faster than the end of its former connection. */
  #join(session: Session, address: Address): boolean {
    const { registry } = this.#components;
    const former = registry.swarmMemberAt(address);
    const owner = former && this.#owners.get(former);
    if (owner !== undefined) {
      this.#forget(owner, 'disconnected');
      owner.connection.end();
    } else if (former !== undefined) registry.leave(former);
    session.member = registry.join(address, session.handshake!.totalChunks);
    if (session.member === undefined) this.#fault(session, 'the tracker is full');
    else {
      this.#owners.set(session.member, session);
      const about = { atMs: this.#components.clock.now(), peer: 'tracker', address: session.member.address };
      this.#components.events.emit({ type: 'client-registered', ...about, protocol: 'swarm' });
    }
    return session.member !== undefined;
  }

  #lookComplete(session: Session, bits: ChunkSet): void {
    if (session.complete || session.member === undefined || bits.size < bits.totalChunks) return;
    session.complete = true;
    const { clock, events } = this.#components;
    const about = { atMs: clock.now(), peer: 'tracker', address: session.member.address };
    events.emit({ type: 'client-completed', ...about, chunks: bits.totalChunks });
  }

  #answer(session: Session, wanted: number, asker: Address): void {
    const peers = this.#components.registry.sample(wanted, asker);
    const agreed = this.#takeAgreed(session);
    const intervalMs = this.#intervalMs;
    // A peer that does not read its answers is not read either, and then falls silent.
    if (session.connection.send({ type: 'peers', peers, agreed, intervalMs })) this.#tellAgreed(session);
    else session.connection.pause();
  }

  #takeAgreed(session: Session): ChunkClaim[] {
    const { claims, next } = this.#components.registry.agreedFrom(session.told, CLAIMS_MAX);
    session.told = next;
    return claims;
  }

  #tellAgreed(session: Session): void {
    const { registry } = this.#components;
    if (!session.announced || session.over) return;
    while (session.told < registry.agreedEnd) {
      const agreed = this.#takeAgreed(session);
      if (agreed.length === 0) return;
      const intervalMs = this.#intervalMs;
      if (!session.connection.send({ type: 'peers', peers: [], agreed, intervalMs })) return;
    }
  }

  /** The tracker is left up for another file: of the former one nobody is there any more. */
  #makeRoomFor(totalChunks: number): void {
    const { clock, events, registry } = this.#components;
    if (this.#isRightTotal(totalChunks) || !registry.isDeserted) return;
    const formerTotalChunks = registry.totalChunks;
    this.#reset();
    const about = { atMs: clock.now(), peer: 'tracker' };
    events.emit({ type: 'content-changed', ...about, formerTotalChunks, totalChunks });
  }

  #reset(): void {
    this.#components.registry.reset();
    this.#pushedEnd = 0;
    for (const session of this.#sessions.values()) session.told = 0;
  }

  #isRightTotal(totalChunks: number): boolean {
    const known = this.#components.registry.totalChunks;
    return known === 0 || known === totalChunks;
  }

  #otherFile(totalChunks: number): string {
    return `its file has ${totalChunks} chunks, this swarm's has ${this.#components.registry.totalChunks}`;
  }

  #onClose(session: Session, reason: CloseReason): void {
    if (reason.kind === 'protocol' && !session.over) this.#tellFault(session, reason.detail);
    this.#forget(session, 'disconnected');
    this.#sessions.delete(session.connection);
    // The last one has gone, and nobody else is known: the next swarm may be about another file.
    const { registry } = this.#components;
    if (this.#sessions.size === 0 && registry.specClients === 0 && registry.swarmPeers === 0) this.#reset();
    this.#hooks.onClosed(session.connection);
  }

  /** Ends a session's part in the swarm. Idempotent. */
  #forget(session: Session, reason: PeerForgotten['reason']): void {
    session.over = true;
    const { member } = session;
    if (member === undefined) return;
    session.member = undefined;
    this.#owners.delete(member);
    this.#leave(member, reason);
  }

  #leave(member: SwarmMember, reason: PeerForgotten['reason']): void {
    const { clock, events, registry } = this.#components;
    registry.leave(member);
    this.pushSoon();
    const { address } = member;
    events.emit({ type: 'peer-forgotten', atMs: clock.now(), peer: 'tracker', address, reason });
  }

  #fault(session: Session, detail: string): void {
    this.#tellFault(session, detail);
    this.#forget(session, 'disconnected');
    session.connection.abort();
  }

  #tellFault(session: Session, detail: string): void {
    const { clock, events } = this.#components;
    const address = session.member?.address ?? session.connection.remote;
    events.emit({ type: 'remote-fault', atMs: clock.now(), peer: 'tracker', address, detail });
  }

  #silentAtMs({ heardMs, member }: Session): number {
    const factor = (member && this.#silenceFactors.get(addressKey(member.address))) ?? 1;
    return heardMs + this.#options.silenceLimitMs * factor;
  }

  #growLimit({ member }: Session): void {
    if (member === undefined) return;
    const key = addressKey(member.address);
    const factor = this.#silenceFactors.get(key) ?? 1;
    this.#silenceFactors.set(key, Math.min(2 * factor, SILENCE_FACTOR_MAX));
  }

  /** One timer for all: for the one that has been silent longest. */
  #watchSilence(): void {
    if (this.#silenceTimer !== undefined) return;
    const { clock } = this.#components;
    if (this.#sessions.size === 0) return;
    let firstMs = Infinity;
    for (const session of this.#sessions.values()) firstMs = Math.min(firstMs, this.#silentAtMs(session));
    const delayMs = Math.max(0, firstMs - clock.now());
    this.#silenceTimer = clock.setTimer(delayMs, () => {
      this.#silenceTimer = undefined;
      for (const session of this.#sessions.values()) {
        if (this.#silentAtMs(session) > clock.now()) continue;
        this.#growLimit(session);
        this.#forget(session, 'silent');
        session.connection.abort();
        this.#sessions.delete(session.connection);
      }
      this.#watchSilence();
    });
  }
}
