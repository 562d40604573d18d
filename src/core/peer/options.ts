/** What a peer can be told. Every option has a default in `peerDefaults`. */
import type { Address, Clock, ChunkStore, EventSink, Random, Transport } from '../interfaces.ts';
import type { ProtocolName } from '../protocol/messages.ts';
import type { Picker } from './swarm/pickers/picker.ts';
import type { PickerName } from './swarm/pickers/pickers.ts';
import type { UploadPolicyName } from './swarm/upload-policies/upload-policies.ts';

export interface PeerComponents {
  readonly clock: Clock;
  readonly random: Random;
  readonly transport: Transport;
  readonly store: ChunkStore;
  readonly events: EventSink;
  /** Default: that of the options. */
  readonly picker?: Picker;
}

export interface PeerOptions {
  readonly name: string;
  /** Port to listen on; 0 picks a free one. */
  readonly port: number;
  /** How others reach this peer, as told to the tracker. Default `localhost`. */
  readonly host: string;
  readonly tracker: Address;
  /** The tracker is known to be ours: nothing is paced and nothing is probed. Default false: found out. */
  readonly trackerIsOurs: boolean;
  /** `swarm` falls back to `spec` where the tracker speaks only that. */
  readonly protocol: ProtocolName;
  /** Ask a tracker of ours, by the spec protocol, whether it knows of more chunks than the store. Default false. */
  readonly checksTotal: boolean;
  /** Edition of the spec protocol. */
  readonly edition: 'plain' | 'hashed';
  readonly picker: PickerName;
  /** Whom to serve where more want to be served than there are slots. */
  readonly uploadPolicy: UploadPolicyName;
  /** Peers served at a time. ≥ 1. */
  readonly uploadSlots: number;
  readonly superSeeding: 'auto' | 'on' | 'off';
  /** Swarm connections at most, opened and accepted. */
  readonly maxConnections: number;
}

export const peerDefaults: Omit<PeerOptions, 'name' | 'tracker'> = {
  port: 0,
  host: 'localhost',
  trackerIsOurs: false,
  checksTotal: false,
  protocol: 'swarm',
  edition: 'plain',
  picker: 'rarest-first',
  uploadPolicy: 'tit-for-tat',
  uploadSlots: 4,
  superSeeding: 'auto',
  maxConnections: 50,
};
