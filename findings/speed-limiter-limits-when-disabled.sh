#!/bin/sh
# A throttle of `speed-limiter`, by which WebTorrent limits its rates, is on although it was made with `enabled: false`, where
# it belongs to a group: it limits, and `getEnabled` says true. The option is joined to that of the group by `||`, so that
# only true counts, and of the group a property is read that it does not have. To switch it off afterwards works.
#
# 200 kB through a limit of 100 kB/s:
#
#     group.throttle(): getEnabled() is true, 2.0 s
#     group.throttle({ enabled: false }): getEnabled() is true, 2.0 s
#     group.throttle(), then setEnabled(false): getEnabled() is false, 0.0 s
#
# Seen with speed-limiter 1.0.2 on Node 20; webtorrent 3.0.21 depends on it. Of this option of a throttle its README says:
# "Enables/disables the throttling for that throttle". What helps: `setEnabled(false)`.
#
# Needs node and npm. Fails when the behaviour is another.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{ "private": true, "type": "module" }' >package.json
npm install --silent --no-audit --no-fund speed-limiter@1.0.2

cat >disabled.js <<'JS'
import limiter from 'speed-limiter';

const BYTES = 200_000;
const newGroup = () => new limiter.ThrottleGroup({ rate: 100_000 });

/** Seconds until all has passed. */
function secondsOf(throttle) {
  const beganMs = performance.now();
  let passed = 0;
  return new Promise((resolve) => {
    throttle.on('data', (bytes) => {
      passed += bytes.length;
      if (passed === BYTES) resolve((performance.now() - beganMs) / 1000);
    });
    throttle.write(Buffer.alloc(BYTES));
  });
}

function switchedOff() {
  const throttle = newGroup().throttle();
  throttle.setEnabled(false);
  return throttle;
}

const seen = [
  ['group.throttle()', () => newGroup().throttle(), true],
  ['group.throttle({ enabled: false })', () => newGroup().throttle({ enabled: false }), true],
  ['group.throttle(), then setEnabled(false)', switchedOff, false],
];
for (const [how, make, isLimited] of seen) {
  const throttle = make();
  const isEnabled = throttle.getEnabled();
  const seconds = await secondsOf(throttle);
  throttle.destroy();
  console.log(`${how}: getEnabled() is ${isEnabled}, ${seconds.toFixed(1)} s`);
  // The limit takes 2 s; without it nothing has to wait.
  if (isEnabled !== isLimited || seconds > 1 !== isLimited) process.exitCode = 1;
}
JS
node disabled.js
