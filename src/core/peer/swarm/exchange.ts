import { assertNever } from '../../errors.ts';
import type { Address, Connection, Timer } from '../../interfaces.ts';
import type { Bitfield, SwarmMessage } from '../../protocol/messages.ts';
import { ChunkSet } from '../../chunk-set.ts';
import type { PeerContext } from '../context.ts';
import { Downloader } from './downloading/downloader.ts';
import { Mesh } from './mesh.ts';
import type { MeshHandler } from './mesh.ts';
import type { Neighbour } from './neighbours/neighbour.ts';
import { Showing } from './showing/showing.ts';
import { SuperSeeding } from './showing/super-seeding.ts';
import { Uploader } from './uploading/uploader.ts';

const TICK_MS = 1000;
const SUPER_SEEDING_TICK_MS = 100;
/** Interest that is lost for less than this is not worth two messages and maybe a slot: the next chunk comes soon. */
const INTEREST_GAP_MS = 30;

/** The peer's trade of chunks by the swarm protocol: passes each message to the part that it is for. */
export class SwarmExchange implements MeshHandler {
  readonly #context: PeerContext;
  readonly #mesh: Mesh;
  readonly #downloader: Downloader;
  readonly #uploader: Uploader;
  readonly #superSeeding: SuperSeeding;
  readonly #showing: Showing;
  #interestTimer: Timer | undefined;
  #timers: Timer[] = [];

  constructor(context: PeerContext) {
    this.#context = context;
    this.#mesh = new Mesh(context, this);
    const { neighbours } = this.#mesh;
    this.#downloader = new Downloader(context, neighbours, {
      onCorrupt: (neighbour, { index, hash }) => {
        // What comes by this protocol always has a hash.
        context.ban(neighbour.address, { index, hash: hash! }, `sent a bad chunk ${index}`);
        neighbour.connection.abort();
      },
      onFault: (neighbour, detail) => this.#mesh.fault(neighbour, detail),
      onWithdrawn: (neighbour) => this.#showInterest(neighbour),
    });
    this.#showing = new Showing(context, neighbours, this.#downloader.holders);
    this.#uploader = new Uploader(context, neighbours, {
      onSent: (neighbour, index) => this.#superSeeding.sent(neighbour, index),
      copies: (index) => this.#downloader.copies(index),
      onUnchoke: (neighbour) => this.#show(neighbour),
      onChoke: (neighbour) => this.#superSeeding.choked(neighbour),
    });
    this.#superSeeding = new SuperSeeding(context, neighbours, {
      copies: (index) => this.#downloader.copies(index),
      onDoubt: (neighbour) => this.#showing.tellAllTo(neighbour),
      onEnd: () => {
        for (const neighbour of neighbours.values()) this.#showing.tell(neighbour);
        this.#showing.doubtLater();
      },
    });
    context.ledger.onHeld((index, isNew) => this.#held(index, isNew));
    context.ledger.onLost((index) => this.#lost(index));
  }

  start(): void {
    this.#every(TICK_MS, () => {
      this.#mesh.tick();
      this.#showLostInterest('choked');
      this.#downloader.tick();
      this.#uploader.tick();
    });
    const isSuperSeeding = (): boolean => this.#superSeeding.active;
    this.#every(SUPER_SEEDING_TICK_MS, () => this.#superSeeding.tick(), isSuperSeeding);
  }

  stop(): void {
    for (const timer of this.#timers) timer.cancel();
    this.#showing.stop();
    this.#interestTimer?.cancel();
    this.#timers = [];
    // Those who go first make room for others, who go as well.
    this.#uploader.stop();
    this.#downloader.stop();
    this.#mesh.stop();
  }

  /** Whether nothing is requested from anybody. */
  get idle(): boolean {
    return this.#downloader.idle;
  }

  /** Whether others than those known so far could become neighbours. */
  get lacksAddresses(): boolean {
    return this.#mesh.lacksAddresses;
  }

  /** How many neighbours hold the chunk. */
  copies(index: number): number {
    return this.#downloader.copies(index);
  }

  learn(addresses: readonly Address[]): void {
    this.#mesh.learn(addresses);
  }

  accept(connection: Connection): void {
    this.#mesh.accept(connection);
  }

  /** The swarm has agreed on these chunks' hashes: they may be requested now. */
  agreed(indices: Iterable<number>): void {
    for (const index of indices) this.#downloader.agreed(index);
    this.#downloader.fillAll();
  }

  bitfield(): Bitfield {
    const { ledger } = this.#context;
    const shown = this.#superSeeding.active ? new ChunkSet(ledger.totalChunks) : ledger.held;
    return { type: 'bitfield', bits: shown.toBits() };
  }

  /** While this neighbour was being connected, chunks may have come that the bitfield did not show. */
  joined(neighbour: Neighbour): void {
    this.#superSeeding.joined(neighbour);
    // It seems to lack everything, and would be given a slot that it has no use for.
    if (this.#superSeeding.active) neighbour.send({ type: 'not-interested' }, this.#context.clock.now());
    else this.#showing.tell(neighbour);
  }

  /** All that it may ask for, but for what a super-seeding peer hides. */
  #show(neighbour: Neighbour): void {
    if (!this.#superSeeding.active) this.#showing.tell(neighbour);
    else this.#superSeeding.unchoked(neighbour);
  }

  drained(neighbour: Neighbour): void {
    this.#uploader.drained(neighbour);
  }

  left(neighbour: Neighbour): void {
    this.#superSeeding.left(neighbour);
    this.#downloader.left(neighbour);
    this.#uploader.left(neighbour);
  }

  message(neighbour: Neighbour, message: SwarmMessage): void {
    switch (message.type) {
      case 'bitfield':
        return this.#bitfield(neighbour, message.bits);
      case 'have':
        return this.#have(neighbour, [message.index]);
      case 'have-many':
        return this.#have(neighbour, message.indices);
      case 'interested':
        neighbour.theyAreInterested = true;
        neighbour.interestIsPresumed = false;
        neighbour.saidInterested = true;
        neighbour.wantsNothing = false;
        return this.#uploader.fillSlots();
      case 'not-interested':
        return this.#notInterested(neighbour);
      case 'choke':
        neighbour.theyChoke = true;
        return;
      case 'unchoke':
        neighbour.theyChoke = false;
        this.#showLostInterestTo(neighbour);
        return this.#downloader.fill(neighbour);
      case 'request':
        this.#superSeeding.requested(neighbour, message.index);
        return this.#uploader.request(neighbour, message);
      case 'resumes':
        neighbour.resumes = true;
        return;
      case 'any-order':
        neighbour.anyOrder = true;
        return;
      case 'cancel':
        return this.#uploader.cancel(neighbour, message.index);
      case 'chunk':
        return this.#downloader.part(neighbour, message);
      case 'reject':
        this.#downloader.rejected(neighbour, message.index, message.reason);
        return this.#showInterest(neighbour);
      case 'keep-alive':
        return;
      case 'handshake':
      case 'announce':
      case 'peers':
        return this.#mesh.fault(neighbour, `${message.type} from a peer`);
      default:
        return assertNever(message);
    }
  }

  #bitfield(neighbour: Neighbour, bits: Uint8Array): void {
    const chunks = ChunkSet.fromBits(bits, this.#context.ledger.totalChunks);
    if (chunks === undefined) return this.#mesh.fault(neighbour, 'bitfield of a wrong length');
    if (neighbour.introduced) return this.#mesh.fault(neighbour, 'a second bitfield');
    neighbour.introduced = true;
    for (const index of chunks.indices()) {
      if (neighbour.theirs.add(index)) this.#downloader.offered(neighbour, index);
    }
    this.#superSeeding.introduced(neighbour);
    if (chunks.lacksSomeOf(this.#context.ledger.held)) this.#presumeInterest([neighbour]);
    this.#look(neighbour);
  }

  #have(neighbour: Neighbour, indices: readonly number[]): void {
    for (const index of indices) {
      if (index < 1 || index > this.#context.ledger.totalChunks) {
        return this.#mesh.fault(neighbour, `have of chunk ${index}, which does not exist`);
      }
      if (!neighbour.theirs.add(index)) continue;
      this.#downloader.offered(neighbour, index);
      this.#uploader.told(neighbour, index);
      this.#superSeeding.has(neighbour, index);
    }
    // It does not say so of interest that it never had.
    if (neighbour.interestIsPresumed && !neighbour.theirs.lacksSomeOf(this.#context.ledger.held)) {
      neighbour.interestIsPresumed = false;
      neighbour.theyAreInterested = false;
    }
    this.#look(neighbour);
  }

  /** What the neighbour holds has changed: are we interested, and is it of any use to stay connected? */
  #look(neighbour: Neighbour): void {
    if (this.#context.ledger.complete && neighbour.theirs.complete) return this.#mesh.release(neighbour);
    this.#showInterest(neighbour);
    this.#downloader.fill(neighbour);
  }

  #notInterested(neighbour: Neighbour): void {
    const { held } = this.#context.ledger;
    // It has what a super-seeding peer has shown it so far.
    if (this.#superSeeding.active && neighbour.saidInterested && neighbour.theirs.lacksSomeOf(held)) {
      neighbour.interestIsPresumed = true;
      return;
    }
    neighbour.theyAreInterested = false;
    neighbour.interestIsPresumed = false;
    if (!neighbour.saidInterested) {
      neighbour.wantsNothing = true;
      this.#superSeeding.unconcerned(neighbour);
    }
    this.#uploader.fillSlots();
  }

  /** They lack a chunk that is held: they need not say that they are interested, which saves a round trip. */
  #presumeInterest(neighbours: Iterable<Neighbour>): void {
    let isNew = false;
    for (const neighbour of neighbours) {
      if (neighbour.theyAreInterested || neighbour.wantsNothing) continue;
      neighbour.theyAreInterested = true;
      neighbour.interestIsPresumed = true;
      isNew = true;
    }
    if (isNew) this.#uploader.fillSlots();
  }

  #showInterest(neighbour: Neighbour): void {
    const { clock } = this.#context;
    const interested = neighbour.usefulChunks > 0;
    if (interested === neighbour.weAreInterested) return;
    if (interested) {
      neighbour.weAreInterested = true;
      neighbour.send({ type: 'interested' }, clock.now());
    } else if (!neighbour.theyChoke) {
      this.#interestTimer ??= clock.setTimer(INTEREST_GAP_MS, () => this.#showLostInterest('serving'));
    }
  }

  /** Those who choke us keep no slot for us: once a second is soon enough. */
  #showLostInterest(to: 'serving' | 'choked'): void {
    if (to === 'serving') this.#interestTimer = undefined;
    const { neighbours } = this.#mesh;
    const { words } = neighbours.standing.serving;
    const concerned = neighbours.where((at) => (to === 'serving' ? words[at]! : ~words[at]!));
    for (const neighbour of concerned) this.#showLostInterestTo(neighbour);
  }

  #showLostInterestTo(neighbour: Neighbour): void {
    if (!neighbour.weAreInterested || neighbour.usefulChunks > 0) return;
    neighbour.weAreInterested = false;
    neighbour.send({ type: 'not-interested' }, this.#context.clock.now());
  }

  #held(index: number, isNew: boolean): void {
    const useless = this.#downloader.held(index, isNew);
    const { neighbours } = this.#mesh;
    if (!this.#superSeeding.active) this.#showing.held(index);
    for (const neighbour of useless) this.#showInterest(neighbour);
    const { interested, hiding } = neighbours.standing;
    const { holders } = this.#downloader;
    this.#presumeInterest(
      neighbours.where((at) => ~(holders.word(index, at) | interested.words[at]! | hiding.words[at]!)),
    );
    this.#uploader.held(index);
    if (!this.#context.ledger.complete) return;
    for (const neighbour of [...neighbours.values()]) {
      if (neighbour.theirs.complete) this.#mesh.release(neighbour);
    }
  }

  /** The file is gone. Requests for it are rejected, since nothing revokes a `have`; a neighbour may bring it again. */
  #lost(index: number): void {
    this.#superSeeding.end();
    this.#downloader.refresh(index);
    for (const neighbour of this.#mesh.neighbours.values()) {
      neighbour.told.delete(index);
      if (!neighbour.theirs.has(index)) continue;
      neighbour.usefulChunks++;
      this.#showInterest(neighbour);
      this.#downloader.fill(neighbour);
    }
  }

  #every(periodMs: number, action: () => void, isOfUse: () => boolean = () => true): void {
    const at = this.#timers.length;
    const again = (): void => {
      if (!isOfUse()) return;
      this.#timers[at] = this.#context.clock.setTimer(periodMs, () => {
        again();
        action();
      });
    };
    again();
  }
}
