/** Subjects, streams and buckets of the laboratory, all of which begin alike. */

/** A user of the server needs no more than what begins with this, and JetStream. */
const PREFIX = 'swarm-lab';

/** Where whoever asks is answered: the library's own `_INBOX` would be one more prefix that a user has to be allowed. */
export const INBOX = `${PREFIX}.inbox`;

/** Streams; buckets of keys and of objects have streams of their own, named by NATS. */
export const streamNames = {
  runs: `${PREFIX}-runs`,
  results: `${PREFIX}-results`,
  attempts: `${PREFIX}-attempts`,
} as const;

export const bucketNames = {
  /** Key: an agent. */
  agents: `${PREFIX}-agents`,
  /** Key: an experiment. */
  experiments: `${PREFIX}-experiments`,
  /** Key: an experiment. Who leads it. */
  leads: `${PREFIX}-leads`,
  /** Objects: what is too large for a message. */
  files: `${PREFIX}-files`,
} as const;

export const subjects = {
  /** Work: `program` keeps the runs of one version of the program from agents of another. */
  runs: (program: string, engine: string, experiment = '*', run = '*') =>
    `${PREFIX}.runs.${program}.${engine}.${experiment}.${run}`,
  allRuns: `${PREFIX}.runs.>`,
  results: (experiment: string, run = '*') => `${PREFIX}.results.${experiment}.${run}`,
  allResults: `${PREFIX}.results.>`,
  /** That an agent has begun a run that was delivered for the nth time. */
  attempts: (experiment: string, run = '*', delivery = '*') =>
    `${PREFIX}.attempts.${experiment}.${run}.${delivery}`,
  allAttempts: `${PREFIX}.attempts.>`,
} as const;

/** Experiment and run of a subject of runs or results. */
export function partsOf(subject: string): { readonly experiment: string; readonly run: string } {
  const [run = '', experiment = ''] = subject.split('.').reverse();
  return { experiment, run };
}
