import type { NodeFailed } from '../../core/events.ts';
import { StoreError, SwarmError, TransportError } from '../../core/errors.ts';

/** The error that ends a program whose peer or tracker cannot go on. */
export function nodeFailure({ code, detail }: NodeFailed): Error {
  switch (code) {
    case 'TRANSPORT':
      return new TransportError(detail);
    case 'STORE':
      return new StoreError(detail);
    case 'CONFIG':
    case 'ENGINE':
    case 'REMOTE_PROTOCOL':
    case 'LOCAL_PROTOCOL':
    case 'INTERRUPTED':
      return new SwarmError(code, detail);
    default:
      return new Error(detail);
  }
}
