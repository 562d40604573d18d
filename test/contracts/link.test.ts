import { fluidBlockBytes } from '../../src/sim/engines/virtual/fluid/block-bytes.ts';
import { blockBytes } from '../../src/sim/network/link-sizes.ts';
import { ControlWorld } from '../support/control-world.ts';
import { FluidWorld } from '../support/fluid-world.ts';
import { describeLink } from './link-contract.ts';
import { describeLinkFaults } from './link-fault-contract.ts';

describeLink('turns of 1 ms, as on sockets', {
  createWorld: (regions) => new ControlWorld(regions),
  blockBytes,
});

describeLink('fluid, for exact clocks', {
  createWorld: (regions) => new FluidWorld(regions),
  blockBytes: (bytesPerSec) => fluidBlockBytes(bytesPerSec, null, undefined),
});

describeLinkFaults('turns of 1 ms, as on sockets', () => new ControlWorld());
describeLinkFaults('fluid, for exact clocks', () => new FluidWorld());
