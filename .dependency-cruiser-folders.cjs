/**
 * No two folders import each other, not even in a circle: what stands on what is known for folders, too. A folder and
 * those inside it are one subject. Tests and what feeds them may look anywhere.
 */
const { options } = require('./.dependency-cruiser.cjs');

module.exports = {
  forbidden: [
    {
      name: 'no-folder-cycles',
      severity: 'error',
      scope: 'folder',
      from: {},
      to: { circular: true },
    },
  ],
  options: { ...options, exclude: { path: '(\\.test|(^|/|-)fixture)\\.ts$' } },
};
