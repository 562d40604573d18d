/** CSV by RFC 4180 but with LF line ends; an empty field is a figure without data. */
import type { RunResult, TrafficTotals } from '../result/result.ts';

type Cell = string | number | boolean | null;

export function toCsv(header: readonly string[], rows: readonly (readonly Cell[])[]): string {
  return `${[header, ...rows].map((row) => row.map(csvField).join(',')).join('\n')}\n`;
}

function csvField(cell: Cell): string {
  const text = cell === null ? '' : String(cell);
  return /[",\r\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

const PEER_FIGURES = [
  'name',
  'group',
  'protocol',
  'joinedMs',
  'completedMs',
  'completionMs',
  'heldChunksAtStart',
  'heldChunksAtEnd',
  'mustComplete',
  'integrity',
  'uploadedBytes',
  'downloadedBytes',
  'usefulBytes',
  'wastedBytes',
  'shareRatio',
  'uploadUtilisation',
] as const satisfies readonly (keyof RunResult['peers'][number])[];

const TRAFFIC_FIGURES = [
  'controlSentBytes',
  'controlReceivedBytes',
  'messagesSent',
  'messagesReceived',
  'connectionsOpened',
  'connectionsAccepted',
] as const satisfies readonly (keyof TrafficTotals)[];

const SHAPING_FIGURES = ['bytesPacedUp', 'bytesPacedDown', 'bytesDelayed'] as const;

const SAMPLE_FIGURES = [
  'atMs',
  'usefulBytes',
  'payloadSentBytes',
  'controlSentBytes',
  'peersAlive',
  'peersCompleted',
  'progress',
] as const satisfies readonly (keyof RunResult['samples'][number])[];

/** One line a peer, in order of the plan; columns are named as in result.json. */
export function renderPeersCsv({ peers, trust }: RunResult): string {
  const rows = peers.map((peer) => [
    ...PEER_FIGURES.map((name) => peer[name]),
    ...TRAFFIC_FIGURES.map((name) => peer.traffic[name]),
    ...SHAPING_FIGURES.map((name) => peer.shaping[name]),
    trust.level,
  ]);
  return toCsv([...PEER_FIGURES, ...TRAFFIC_FIGURES, ...SHAPING_FIGURES, 'trust'], rows);
}

/** One line a sample of the swarm. */
export function renderTimelineCsv({ samples }: RunResult): string {
  return toCsv(
    SAMPLE_FIGURES,
    samples.map((sample) => SAMPLE_FIGURES.map((name) => sample[name])),
  );
}
