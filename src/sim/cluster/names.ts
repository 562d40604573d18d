/** Streams and buckets of the laboratory, all of which begin alike. */

const PREFIX = 'swarm-lab';

export const bucketNames = {
  /** Key: an agent. */
  agents: `${PREFIX}-agents`,
} as const;
