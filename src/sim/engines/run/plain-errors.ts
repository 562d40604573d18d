import {
  ConfigError,
  EngineError,
  LocalProtocolError,
  RemoteProtocolError,
  StoreError,
  SwarmError,
  TransportError,
} from '../../../core/errors.ts';
import type { PlainError } from '../../../core/errors.ts';

/** An error as it was before it crossed threads, with the worker's stack. */
export function fromPlainError(plain: PlainError): Error {
  const error = build(plain);
  error.name = plain.name;
  if (plain.stack !== undefined) error.stack = plain.stack;
  return error;
}

function build({ code, message }: PlainError): Error {
  switch (code) {
    case 'CONFIG':
      return new ConfigError(message);
    case 'LOCAL_PROTOCOL':
      return new LocalProtocolError(message);
    case 'REMOTE_PROTOCOL':
      return new RemoteProtocolError(message);
    case 'STORE':
      return new StoreError(message);
    case 'TRANSPORT':
      return new TransportError(message);
    case 'ENGINE':
      return new EngineError(message);
    case 'INTERRUPTED':
      return new SwarmError(code, message);
    case 'UNKNOWN':
      return new Error(message);
  }
}
