import { testEngines } from '../sim/fault-run.ts';
import { describeEngine } from './engine-contract.ts';

describeEngine('threads', () => testEngines().threads);
describeEngine('virtual', () => testEngines().virtual);
describeEngine('cluster', () => testEngines().cluster);
