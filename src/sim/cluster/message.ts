/**
 * Messages between the programs of a cluster: JSON with a version, checked before anything is done with them. After a
 * line feed, which such JSON never has, bytes may follow as they are.
 */
import { z } from 'zod';
import { RemoteProtocolError } from '../../core/errors.ts';

/** Raised when a message changes its meaning. Whoever speaks another version is refused. */
const MESSAGE_VERSION = 1;

/** Of a message that comes from elsewhere, before it is looked at. */
const TEXT_MAX = 64 * 1024 * 1024;
/** Enough of what is wrong to find it. */
const SHOWN = 3;
const LINE_FEED = 0x0a;

export interface MessageType<Body> {
  encode(body: Body, attached?: Uint8Array): Uint8Array;
  /**
   * @param from the subject or key that it came by, for the message
   * @throws {RemoteProtocolError} it is something else; says what is wrong where
   */
  decode(bytes: Uint8Array, from: string): Body;
}

/**
 * A kind of message with these fields and no others.
 *
 * @param may.haveAttached whether bytes may follow its text
 */
export function messageType<Shape extends z.core.$ZodLooseShape>(
  kind: string,
  shape: Shape,
  may: { readonly haveAttached: boolean } = { haveAttached: false },
): MessageType<z.output<z.ZodObject<Shape, z.core.$strict>>> {
  const body = z.strictObject(shape);
  return {
    encode(value, attached) {
      const text = JSON.stringify({ v: MESSAGE_VERSION, kind, body: value });
      if (attached === undefined) return Buffer.from(text);
      return Buffer.concat([Buffer.from(`${text}\n`), attached]);
    },
    decode(message, from) {
      const bytes = may.haveAttached ? message.subarray(0, textEnd(message)) : message;
      const refuse = (why: string): never => {
        throw new RemoteProtocolError(`${from}: this is not a message "${kind}" of the laboratory: ${why}`);
      };
      if (bytes.length > TEXT_MAX) return refuse(`it has ${bytes.length} bytes, more than ${TEXT_MAX}`);
      const envelope = envelopeOf(bytes);
      if (envelope === undefined) return refuse('it is no JSON with v, kind and body');
      if (envelope.v !== MESSAGE_VERSION) {
        return refuse(`it has version ${envelope.v}, and this program speaks ${MESSAGE_VERSION}`);
      }
      if (envelope.kind !== kind) return refuse(`it is "${envelope.kind.slice(0, 40)}"`);
      const read = body.safeParse(envelope.body);
      if (read.success) return read.data;
      const wrong = read.error.issues
        .slice(0, SHOWN)
        .map(({ path, message }) => `${path.join('.')}: ${message}`);
      return refuse(wrong.join('; '));
    },
  };
}

/** What follows the text of a message; empty where nothing does. */
export function attachedTo(message: Uint8Array): Uint8Array {
  return message.subarray(textEnd(message) + 1);
}

function textEnd(message: Uint8Array): number {
  const at = message.indexOf(LINE_FEED);
  return at === -1 ? message.length : at;
}

const envelopeSchema = z.strictObject({ v: z.int(), kind: z.string(), body: z.unknown() });

function envelopeOf(bytes: Uint8Array): z.output<typeof envelopeSchema> | undefined {
  try {
    return envelopeSchema.safeParse(JSON.parse(new TextDecoder().decode(bytes))).data;
  } catch {
    return undefined;
  }
}
