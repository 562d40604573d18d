/** What the links of a run counted, as plain data. */

/** Totals of one peer (or the tracker), over all its sessions. Bytes are application bytes: frames and text. */
export interface TrafficTotals {
  readonly payloadSentBytes: number;
  readonly payloadReceivedBytes: number;
  readonly controlSentBytes: number;
  readonly controlReceivedBytes: number;
  readonly messagesSent: number;
  readonly messagesReceived: number;
  readonly connectionsOpened: number;
  readonly connectionsAccepted: number;
}

/** What the link did to the peer: proof that it had an effect. */
export interface ShapingTotals {
  /** Bytes that waited for the uplink's or the downlink's rate. */
  readonly bytesPacedUp: number;
  readonly bytesPacedDown: number;
  /** Bytes that were held back by latency or jitter. */
  readonly bytesDelayed: number;
  /** Sum over paced messages of how late the host let them go, and how many: the shaper's own error. */
  readonly lateMsTotal: number;
  /** The latest of them, or of the connections that had to wait for their turn. */
  readonly lateMsMax: number;
  readonly releases: number;
  /** Segments of its connections that were lost: each stalled a connection for the time-out. */
  readonly stalls: number;
  /** Messages it sent that had to wait for a TCP window: its own, or the smaller one of the other end. */
  readonly windowWaits: number;
  readonly otherWindowWaits: number;
  /** Planned changes of a rate or the latency that had begun when something last went through. */
  readonly upChanges: number;
  readonly downChanges: number;
  readonly latencyChanges: number;
}
