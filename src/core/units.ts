/** Names of sizes and times. Numbers carry their unit last in their name: `latencyMs`, `upBytesPerSec`. */

export const KIB = 1024;
export const MIB = 1024 * KIB;

export const SECOND_MS = 1000;
