import type { Message } from '../../../../core/protocol/messages.ts';
import { MIB } from '../../../../core/units.ts';
import { Fifo } from '../../../network/fifo.ts';
import { flightBytesMax, STALLED_QUEUE_BYTES, uplinkQueueBytes } from '../../../network/link-sizes.ts';
import type { SegmentLoss } from '../../../network/segment-loss.ts';
import { SendWindow } from '../../../network/send-window.ts';
import type { AccessLink } from './access-link.ts';
import type { Arrivals } from './arrivals.ts';
import { fluidBlockBytes, SMALL_BYTES, UNLIMITED_BLOCK_BYTES } from './block-bytes.ts';
import { Transfer } from './fluid-pacer.ts';
import { Parcel } from './parcel.ts';
import type { RouteEnd, RouteOptions, Sent } from './route-options.ts';

/** What may wait, unread, at a receiver that is paused, as in the kernel's buffers of a TCP connection. */
const UNREAD_BYTES_MAX = MIB;

/** What an uplink has queued on average where a sender keeps it between half of its queue and all. */
const MEAN_QUEUE_SHARE = 0.75;

/**
 * One direction of a connection, from the sender's uplink to the receiver's downlink: waits for the TCP window, is
 * served at a fair rate, and arrives after the latencies, jitters and losses of both ends, in one event.
 */
export class Route {
  readonly #from: AccessLink;
  readonly #to: AccessLink;
  readonly #fromHost: string;
  readonly #toHost: string;
  readonly #sender: RouteEnd;
  readonly #receiver: RouteEnd;
  readonly #arrivals: Arrivals;
  readonly #onLost: RouteOptions['onLost'];
  readonly #transfer: Transfer | undefined;
  readonly #window: SendWindow | undefined;
  readonly #losses: readonly SegmentLoss[];
  readonly #queue = new Fifo<Parcel>();
  /** What passes the queue, and takes too long to leave by a time that is computed now. */
  readonly #passing = new Fifo<Parcel>();
  /** Arrived, but a block holds it. */
  readonly #held = new Fifo<Parcel>();
  /** In both. */
  #waiting = 0;
  #serving: Parcel | undefined;
  /** Waiting messages that nothing passes. */
  #inOrder = 0;
  #buffered = 0;
  #flightBytes = 0;
  #unreadBytes = 0;
  #longestMs = 0;
  #lastDueMs = 0;
  #extraMs: number;
  /** It serves something, or is about to. */
  #isBusy = false;
  #blocked = false;
  #stopped = false;
  #wantsDrain = false;

  constructor({ from, to, between, fromHost, toHost, sender, receiver, ...options }: RouteOptions) {
    this.#from = from;
    this.#to = to;
    this.#fromHost = fromHost;
    this.#toHost = toHost;
    this.#sender = sender;
    this.#receiver = receiver;
    this.#arrivals = options.arrivals;
    this.#onLost = options.onLost;
    this.#extraMs = options.firstExtraMs;
    const [up, down] = [from.up?.link, to.down?.link];
    if ((up ?? down ?? between) !== undefined)
      this.#transfer = new Transfer(up, down, between, () => this.#onServed());
    const window = from.state.windowTo(toHost);
    this.#window =
      window &&
      new SendWindow(
        { clock: from.state.clock },
        { ...window, ackDelayMs: () => from.state.ackDelayMs(toHost), onRoom: () => this.#goOn() },
      );
    this.#losses = [from.state.createLoss(), to.state.createLoss()].filter((loss) => loss !== undefined);
    this.updateBlock();
  }

  get bufferedBytes(): number {
    return this.#buffered;
  }

  /** Sent, and neither arrived nor lost. */
  get underWayBytes(): number {
    return this.#from.up === undefined ? this.#buffered : this.#buffered + this.#flightBytes;
  }

  /** A block or a black hole of either end lets nothing pass. */
  get isShut(): boolean {
    return this.#from.isShut(this.#toHost, 'out') || this.#to.isShut(this.#fromHost, 'in');
  }

  /** From the sender's breaking the connection until the receiver hears of it. */
  get resetDelayMs(): number {
    return this.#to.state.ownDelayMs(this.#fromHost, 'in');
  }

  /** Of the message that is being served, how much the receiver has by now; undefined: none is. */
  progress(): { readonly message: Message; readonly bytes: number } | undefined {
    const message = this.#serving?.sent;
    if (message === undefined || message === 'end' || this.#transfer === undefined) return undefined;
    const { state } = this.#from;
    const delayMs = state.ownDelayMs(this.#toHost, 'out') + this.#to.state.ownDelayMs(this.#fromHost, 'in');
    const left = this.#transfer.leftAt(state.clock.now()) + this.#transfer.rate * delayMs;
    return { message, bytes: Math.max(0, this.#serving!.bytes - left) };
  }

  /** Returns whether more may be sent freely. */
  send(sent: Sent, bytes: number): boolean {
    if (this.#stopped) return false;
    const parcel = new Parcel(this, sent, bytes);
    this.#buffered += bytes;
    if (this.#blocked) this.#countHeld(1);
    if (this.#serving === undefined && this.#waiting === 0) {
      if (this.#admits(parcel)) this.#letGo(parcel);
      else this.#wait(parcel);
    } else if (this.#mayPass(parcel)) this.#pass(parcel);
    else {
      this.#wait(parcel);
      this.#pump();
    }
    const free = this.#buffered < this.#highWaterBytes();
    if (!free) this.#wantsDrain = true;
    return free;
  }

  /** So many bytes wait at a receiver that is paused. */
  setUnread(bytes: number): void {
    const goesOn = bytes < this.#unreadBytes;
    this.#unreadBytes = bytes;
    if (goesOn) this.#pump();
  }

  /** To be called when what is blocked may have changed. */
  updateBlock(): void {
    const { pacer, state } = this.#from;
    const isHeldHere = state.isBlocked?.(this.#toHost, 'out') === true;
    const blocked = isHeldHere || this.#to.state.isBlocked?.(this.#fromHost, 'in') === true;
    if (blocked === this.#blocked || this.#stopped) return;
    this.#blocked = blocked;
    if (blocked) {
      this.#countHeld(this.#waiting + (this.#serving === undefined ? 0 : 1));
      if (this.#serving !== undefined) pacer.stop(this.#transfer!);
      return;
    }
    for (let parcel = this.#held.shift(); parcel; parcel = this.#held.shift()) {
      this.#arrivals.at(state.clock.now(), parcel);
    }
    if (this.#serving !== undefined) pacer.begin(this.#transfer!, this.#transfer!.left);
    else this.#pump();
  }

  /** Nothing of it arrives any more. */
  stop(): void {
    const lost = this.underWayBytes;
    this.#stopped = true;
    this.#flightBytes = 0;
    this.#queue.clear();
    this.#passing.clear();
    this.#waiting = 0;
    this.#held.clear();
    this.#window?.clear();
    this.#buffered = 0;
    if (this.#transfer !== undefined) this.#from.pacer.stop(this.#transfer);
    this.#serving = undefined;
    if (lost > 0) this.#onLost(this.#fromHost, this.#toHost, lost);
  }

  arrive(parcel: Parcel): void {
    if (this.#stopped) return;
    if (this.#blocked) {
      this.#countHeld(1);
      this.#held.push(parcel);
      return;
    }
    const { sent, bytes } = parcel;
    this.#flightBytes -= bytes;
    if (this.#from.up === undefined) this.#buffered -= bytes;
    if (this.#from.state.blackHole) this.#swallow(parcel, this.#from, this.#sender);
    else if (this.#to.state.blackHole) this.#swallow(parcel, this.#to, this.#receiver);
    else {
      if (!this.#to.isCut) this.#to.down?.count(bytes, parcel.isTransfer);
      this.#receiver.take(sent, bytes);
    }
    this.#goOn();
  }

  #swallow({ sent, bytes }: Parcel, link: AccessLink, end: RouteEnd): void {
    link.state.onSwallowed(sent === 'end' ? undefined : sent, bytes);
    this.#onLost(this.#fromHost, this.#toHost, bytes);
    end.hasHole = true;
  }

  #wait(parcel: Parcel): void {
    if (!parcel.isPart) this.#inOrder++;
    this.#queue.push(parcel);
    this.#waiting++;
  }

  #goOn(): void {
    if (this.#stopped) return;
    this.#tellDrain();
    this.#pump();
  }

  /** Lets go what may leave, up to the next transfer. */
  #pump(): void {
    while (this.#serving === undefined && this.#waiting > 0) {
      const queue = this.#passing.length > 0 ? this.#passing : this.#queue;
      const parcel = queue.peek()!;
      if (!this.#admits(parcel)) return;
      queue.shift();
      this.#waiting--;
      if (queue === this.#queue && !parcel.isPart) this.#inOrder--;
      this.#letGo(parcel);
    }
  }

  #letGo(parcel: Parcel): void {
    const { isPart, bytes } = parcel;
    this.#window?.admit(bytes);
    const isTransfer = isPart || bytes > SMALL_BYTES || this.#takesLong(bytes);
    if (this.#transfer !== undefined && isTransfer) this.#serve(parcel);
    else this.#leave(parcel, this.#passingMs(bytes));
  }

  /** Of a small message. */
  #takesLong(bytes: number): boolean {
    const now = this.#from.state.clock.now();
    return (
      this.#from.up?.small.takesLong(bytes, now) === true ||
      this.#to.down?.small.takesLong(bytes, now) === true
    );
  }

  #isServing(): boolean {
    return this.#serving !== undefined;
  }

  #admits(parcel: Parcel): boolean {
    if (this.#blocked || this.#stopped) return false;
    if (this.#unreadBytes >= UNREAD_BYTES_MAX || this.#flightBytes >= this.#flightBytesMax() + parcel.bytes) {
      return false;
    }
    if (this.#window === undefined || parcel.sent === 'end' || this.#window.admits(parcel.bytes)) return true;
    this.#from.state.onWindowFull(this.#toHost);
    return false;
  }

  #serve(parcel: Parcel): void {
    const [from, to] = [this.#from, this.#to];
    const now = from.state.clock.now();
    this.#serving = parcel;
    parcel.isTransfer = true;
    this.#isBusy = true;
    const owedUp = from.up?.small.takeOwed(now, parcel.bytes) ?? 0;
    const owedDown = to.down?.small.takeOwed(now, parcel.bytes) ?? 0;
    // A downlink that is not full has had the room for them.
    const isFull = from.up === undefined || to.down?.link.level !== Infinity;
    this.#transfer!.owed = owedUp + owedDown;
    from.pacer.begin(this.#transfer!, parcel.bytes + owedUp + (isFull ? owedDown : 0));
  }

  /** Its last byte has left. What comes next must begin at once, and before this arrives. */
  #onServed(): void {
    const parcel = this.#serving!;
    this.#serving = undefined;
    const now = this.#from.state.clock.now();
    const dueMs = this.#dueMs(parcel, now);
    if (dueMs > now) this.#arrivals.at(dueMs, parcel);
    this.#goOn();
    this.#isBusy = this.#isServing();
    if (dueMs <= now) this.arrive(parcel);
  }

  #leave(parcel: Parcel, atMs: number): void {
    this.#arrivals.at(this.#dueMs(parcel, atMs), parcel);
  }

  /** When what leaves the uplink at a time arrives. */
  #dueMs({ sent, bytes, isTransfer }: Parcel, atMs: number): number {
    const from = this.#from;
    const to = this.#to;
    const outMs = from.state.drawDelayMs(this.#toHost, 'out');
    const inMs = to.state.drawDelayMs(this.#fromHost, 'in');
    const extraMs = this.#extraMs;
    this.#extraMs = 0;
    this.#longestMs = Math.max(this.#longestMs, outMs + inMs);
    if (outMs > 0) from.state.onDelayed(bytes);
    if (inMs + extraMs > 0) to.state.onDelayed(bytes);
    if (from.up !== undefined) this.#buffered -= bytes;
    from.up?.count(bytes, isTransfer);
    this.#flightBytes += bytes;
    if (sent !== 'end') this.#window?.left(bytes, atMs + outMs);
    const delayMs = outMs + inMs + extraMs;
    let stallMs = 0;
    if (sent !== 'end') for (const loss of this.#losses) stallMs += loss.stallMs(sent, bytes);
    const throughMs = isTransfer ? atMs + delayMs : this.#downMs(bytes, atMs + delayMs);
    this.#lastDueMs = Math.max(this.#lastDueMs, throughMs) + stallMs;
    return this.#lastDueMs;
  }

  /** When a small message that is at the receiver's link at a time is through. */
  #downMs(bytes: number, atMs: number): number {
    const { down } = this.#to;
    if (down === undefined) return atMs;
    const { link, small } = down;
    // By when they are sent: those that come by other ways may come in another order.
    const now = this.#to.state.clock.now();
    const ahead = link.level === Infinity ? 0 : small.turnsBytes(now, this.#transfer);
    return atMs + small.delayMs(bytes, now, ahead);
  }

  #mayPass({ passesParts, bytes }: Parcel): boolean {
    if (!passesParts || bytes > SMALL_BYTES) return false;
    return this.#inOrder === 0 && this.#window === undefined && !this.#blocked;
  }

  #pass(parcel: Parcel): void {
    const { bytes } = parcel;
    // Of a small message that takes long, and is served as a chunk is, it stays behind.
    const isFirst = this.#passing.length === 0 && this.#serving?.isPart !== false;
    if (isFirst && !this.#takesLong(bytes + this.#aheadBytes())) {
      return this.#leave(parcel, this.#passingMs(bytes));
    }
    this.#passing.push(parcel);
    this.#waiting++;
    this.#pump();
  }

  /** When a small message of so many bytes that is sent now has left. */
  #passingMs(bytes: number): number {
    const now = this.#from.state.clock.now();
    const { up } = this.#from;
    if (this.#serving === undefined) {
      return up === undefined
        ? now
        : now + up.small.delayMs(bytes, now, up.small.turnsBytes(now, this.#transfer));
    }
    const { rate } = this.#transfer!;
    return now + (rate > 0 ? this.#aheadBytes() / rate : 0) + (up?.small.delayMs(bytes, now, 0) ?? 0);
  }

  /** What a message that passes the chunk that is being sent has before it all the same. */
  #aheadBytes(): number {
    const { state } = this.#from;
    return Math.min(this.#transfer?.leftAt(state.clock.now()) ?? 0, this.#queueBytes());
  }

  /** What a small message has before it on sockets, of a chunk that is being sent on its connection. */
  #queueBytes(): number {
    const { up } = this.#from;
    return up === undefined
      ? this.#flightBytesMax()
      : MEAN_QUEUE_SHARE * uplinkQueueBytes(this.#upBytesPerSec());
  }

  #flightBytesMax(): number {
    if (this.#losses.length > 0 && this.#transfer === undefined) return STALLED_QUEUE_BYTES;
    return flightBytesMax(this.#upBytesPerSec() ?? this.#downBytesPerSec(), this.#longestMs);
  }

  #highWaterBytes(): number {
    const up = this.#upBytesPerSec();
    if (up !== null || this.#window !== undefined) return uplinkQueueBytes(up, this.#window?.bytes);
    return this.#transfer === undefined ? this.#flightBytesMax() : UNLIMITED_BLOCK_BYTES;
  }

  #upBytesPerSec(): number | null {
    const { up, state } = this.#from;
    return up === undefined ? null : up.link.rate.bytesPerSecAt(state.clock.now());
  }

  #downBytesPerSec(): number | null {
    const { down, state } = this.#to;
    return down === undefined ? null : down.link.rate.bytesPerSecAt(state.clock.now());
  }

  #tellDrain(): void {
    if (!this.#wantsDrain || this.#buffered >= this.#highWaterBytes() / 2) return;
    this.#wantsDrain = false;
    this.#sender.drained();
  }

  #countHeld(messages: number): void {
    const isHeldHere = this.#from.state.isBlocked?.(this.#toHost, 'out') === true;
    const holder = isHeldHere ? this.#from : this.#to;
    holder.state.totals.messagesHeld += messages;
  }

  /** Into how many bytes a chunk is to be cut. The first one that comes is little: it tells how far the sender is. */
  get blockBytes(): number {
    if (this.#transfer !== undefined && !this.#isBusy && this.#queue.length === 0) return SMALL_BYTES;
    return fluidBlockBytes(this.#upBytesPerSec(), this.#downBytesPerSec(), this.#window?.bytes);
  }
}
