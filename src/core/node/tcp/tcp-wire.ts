/** Bytes of TCP connections to messages and back, by dialect. */
import { LocalProtocolError, RemoteProtocolError } from '../../errors.ts';
import type { Body, Clock } from '../../interfaces.ts';
import type { Decoder, Dialect, Message, SwarmMessage } from '../../protocol/messages.ts';
import { createSpecDecoder, type SpecSide } from '../../protocol/spec/decode.ts';
import { encodeSpec } from '../../protocol/spec/encode.ts';
import { isSwarmMessage } from '../../protocol/swarm-message.ts';
import { createSwarmDecoder } from '../../protocol/swarm/decode.ts';
import { encodeSwarm } from '../../protocol/swarm/encode.ts';
import { matchMagic, SWARM_MAGIC } from '../../protocol/swarm/magic.ts';

/** A decoder that can be told that its connection broke: nothing is called back any more. */
export interface WireDecoder extends Decoder {
  stop(): void;
}

export interface WireOptions {
  readonly dialect: Dialect;
  /** Which end of the connection reads. */
  readonly end: 'opener' | 'accepter';
  /** Lets a request of the spec protocol be understood without waiting for silence. */
  readonly totalChunks: number | undefined;
}

export function createWireDecoder(
  components: { readonly clock: Clock },
  { dialect, end, totalChunks }: WireOptions,
  onMessage: (message: Message) => void,
): WireDecoder {
  if (dialect === 'swarm') return new MagicDecoder(onMessage);
  const side = SPEC_SIDES[dialect][end];
  return createSpecDecoder(
    components,
    totalChunks === undefined ? { side } : { side, totalChunks },
    onMessage,
  );
}

const SPEC_SIDES: Record<Exclude<Dialect, 'swarm'>, Record<WireOptions['end'], SpecSide>> = {
  'spec-tracker': { opener: 'client', accepter: 'tracker' },
  'spec-chunk': { opener: 'requester', accepter: 'server' },
};

/** Swarm frames behind the magic. */
class MagicDecoder implements WireDecoder {
  readonly #frames: Decoder;
  #prefix = Buffer.alloc(0);
  #magicSeen = false;
  #stopped = false;

  constructor(onMessage: (message: Message) => void) {
    this.#frames = createSwarmDecoder(onMessage);
  }

  push(bytes: Uint8Array): void {
    if (this.#stopped) return;
    if (this.#magicSeen) this.#frames.push(bytes);
    else this.#readMagic(bytes);
  }

  #readMagic(bytes: Uint8Array): void {
    const missing = SWARM_MAGIC.length - this.#prefix.length;
    this.#prefix = Buffer.concat([this.#prefix, bytes.subarray(0, missing)]);
    const verdict = matchMagic(this.#prefix);
    if (verdict === 'no') throw new RemoteProtocolError('the other side does not speak the swarm protocol');
    if (verdict === 'maybe') return;
    this.#magicSeen = true;
    if (bytes.length > missing) this.#frames.push(bytes.subarray(missing));
  }

  end(): void {
    if (!this.#stopped) this.#frames.end();
  }

  stop(): void {
    this.#stopped = true;
  }
}

/**
 * The pieces of a message in the order in which they are to be written; a chunk's body is not copied.
 * @throws {LocalProtocolError} the message is not of this dialect, a field is outside its range, or the body is not
 * made of bytes
 */
export function encodeWire(message: Message, dialect: Dialect): Uint8Array[] {
  const isSwarm = isSwarmMessage(message);
  if (isSwarm !== (dialect === 'swarm')) {
    throw new LocalProtocolError(`${message.type} does not belong on a ${dialect} connection`);
  }
  if (isSwarm) return encodeFrame(message);
  return [message.type === 'raw' ? bytesOf(message.body) : encodeSpec(message)];
}

/** A message that goes to every neighbour is encoded once: what was encoded last is kept. */
let last: { readonly message: SwarmMessage; readonly pieces: Uint8Array[] } | undefined;

function encodeFrame(message: SwarmMessage): Uint8Array[] {
  if (last?.message === message) return last.pieces;
  const { head, body } = encodeSwarm(message);
  const pieces = body === undefined || body.byteLength === 0 ? [head] : [head, bytesOf(body)];
  last = message.type === 'chunk' ? undefined : { message, pieces };
  return pieces;
}

function bytesOf(body: Body): Uint8Array {
  if (body instanceof Uint8Array) return body;
  throw new LocalProtocolError('a body that is no Uint8Array cannot be written to a socket');
}
