/** For `node --import`: stacks of the bundled program that is started name the source. */
import { dirname } from 'node:path';
import { mapStacks } from '../../scripts/mapped-stacks.mjs';

mapStacks(dirname(process.argv[1]));
