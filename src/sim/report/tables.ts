/**
 * The tables of a run, column by column: what CSV, JSON Lines and Parquet have alike. docs/analysis.md shows them; a test
 * keeps the two in step.
 */
import type { Flow, PeerFigures, RunResult, SwarmSample, TrafficTotals } from '../result/result.ts';

/** null: there is no data. */
export type Cell = string | number | boolean | null;

export interface TableColumn {
  readonly name: string;
  readonly type: 'text' | 'integer' | 'number' | 'boolean';
  /** `ms`, `bytes`, `share` (0 to 1), … */
  readonly unit: string;
  /** One line. docs/metrics.md says more of figures. */
  readonly meaning: string;
}

export interface Table {
  readonly name: string;
  readonly columns: readonly TableColumn[];
  readonly rows: readonly (readonly Cell[])[];
}

interface ReadColumn<Row> extends TableColumn {
  readonly read: (row: Row) => Cell;
}

/** A column that is named like the field it shows. */
function field<Row>() {
  return <Name extends keyof Row & string>(
    name: Row[Name] extends Cell ? Name : never,
    type: TableColumn['type'],
    unit: string,
    meaning: string,
  ): ReadColumn<Row> => ({ name, type, unit, meaning, read: (row) => row[name] as Cell });
}

const ofPeer = field<PeerFigures>();

function ofTraffic(name: keyof TrafficTotals, unit: string, meaning: string): ReadColumn<PeerFigures> {
  return { name, type: 'integer', unit, meaning, read: ({ traffic }) => traffic[name] };
}

function ofShaping(
  name: 'bytesPacedUp' | 'bytesPacedDown' | 'bytesDelayed',
  meaning: string,
): ReadColumn<PeerFigures> {
  return { name, type: 'number', unit: 'bytes', meaning, read: ({ shaping }) => shaping[name] };
}

const peerColumns = [
  ofPeer('name', 'text', '', 'name of the peer'),
  ofPeer('group', 'text', '', 'group of the scenario that it belongs to'),
  ofPeer('protocol', 'text', '', '`swarm` or `spec`'),
  ofPeer('joinedMs', 'number', 'ms', 'first join'),
  ofPeer('completedMs', 'number', 'ms', 'last completion; the join of a peer that had everything'),
  ofPeer(
    'completionMs',
    'number',
    'ms',
    'from the first join to the completion; 0 of one that had everything',
  ),
  ofPeer('heldChunksAtStart', 'integer', 'chunks', 'held at its first join'),
  ofPeer('heldChunksAtEnd', 'integer', 'chunks', 'held at the end of the run'),
  ofPeer('mustComplete', 'boolean', '', 'whether the run needed it to complete'),
  ofPeer('integrity', 'text', '', '`intact`, `incomplete`, `corrupt` or `unchecked`: its bytes at the end'),
  ofPeer('uploadedBytes', 'integer', 'bytes', 'payload sent'),
  ofPeer('downloadedBytes', 'integer', 'bytes', 'payload received'),
  ofPeer('usefulBytes', 'integer', 'bytes', 'bytes of verified chunks, each chunk once'),
  ofPeer('wastedBytes', 'integer', 'bytes', 'payload received in vain'),
  ofPeer('shareRatio', 'number', 'ratio', 'uploaded / downloaded'),
  ofPeer('uploadUtilisation', 'number', 'share', 'payload sent / what its limited uplink could have sent'),
  ofTraffic('controlSentBytes', 'bytes', 'bytes sent that are no payload'),
  ofTraffic('controlReceivedBytes', 'bytes', 'bytes received that are no payload'),
  ofTraffic('messagesSent', 'messages', 'messages sent'),
  ofTraffic('messagesReceived', 'messages', 'messages received'),
  ofTraffic('connectionsOpened', 'connections', 'connections that it opened'),
  ofTraffic('connectionsAccepted', 'connections', 'connections that others opened to it'),
  ofShaping('bytesPacedUp', 'bytes that waited for the rate of its uplink'),
  ofShaping('bytesPacedDown', 'bytes that waited for the rate of its downlink'),
  ofShaping('bytesDelayed', 'bytes that latency or jitter held back'),
] as const;

/** Of the run, not of the peer: so that a reader of many runs can leave out those that cannot be trusted. */
const trustColumn: TableColumn = {
  name: 'trust',
  type: 'text',
  unit: '',
  meaning: 'of the run: `trusted`, `doubtful` or `untrusted`',
};

const ofSample = field<SwarmSample>();

const sampleColumns = [
  ofSample('atMs', 'number', 'ms', 'time of the sample'),
  ofSample('usefulBytes', 'integer', 'bytes', 'bytes of verified chunks so far, all peers'),
  ofSample('payloadSentBytes', 'integer', 'bytes', 'payload sent so far, all peers'),
  ofSample('controlSentBytes', 'integer', 'bytes', 'other bytes sent so far, all peers'),
  ofSample('peersAlive', 'integer', 'peers', 'peers in the swarm'),
  ofSample('peersCompleted', 'integer', 'peers', 'peers that must complete and have'),
  ofSample('progress', 'number', 'share', 'of what those that must complete lacked, what they hold'),
  {
    name: 'trackerReceived',
    type: 'integer',
    unit: 'messages',
    meaning: 'messages that have reached the tracker so far',
    read: ({ trackerReceived }: SwarmSample) => trackerReceived ?? null,
  },
] as const;

const ofFlow = field<Flow>();

const flowColumns = [
  ofFlow('from', 'text', '', 'who sent: a peer, or the address of a client from outside'),
  ofFlow('to', 'text', '', 'who received'),
  ofFlow('chunks', 'integer', 'chunks', 'verified chunks of which it sent bytes'),
  ofFlow('bytes', 'integer', 'bytes', 'useful payload'),
] as const;

function tableOf<Row>(name: string, columns: readonly ReadColumn<Row>[], rows: readonly Row[]): Table {
  return { name, columns, rows: rows.map((row) => columns.map(({ read }) => read(row))) };
}

/** One row a peer, in order of the plan. */
export function peersTable({ peers, trust }: RunResult): Table {
  const { name, columns, rows } = tableOf('peers', peerColumns, peers);
  return { name, columns: [...columns, trustColumn], rows: rows.map((row) => [...row, trust.level]) };
}

/** One row a sample of the swarm, in order of time. */
export function timelineTable({ samples }: RunResult): Table {
  return tableOf('timeline', sampleColumns, samples);
}

/** One row for each pair of which one sent to the other, the largest first. */
export function flowsTable({ flows }: RunResult): Table {
  return tableOf('flows', flowColumns, flows);
}
