'use strict';
const { writeFileSync } = require('node:fs');
const process = require('node:process');
const { reporters } = require('mocha');

const SLOW_MS = 1000;

/**
 * Prints failures in full and, for slow suites (TEST_REPORT=each), every test as it ends. The counts of each file of tests go
 * to the file that TEST_COUNTS names: the runner of all the parts adds them up.
 */
module.exports = class Counting extends reporters.Base {
  constructor(runner, options) {
    super(runner, options);
    if (process.env.TEST_REPORT === 'each') {
      runner.on('suite', (suite) => {
        if (suite.tests.length) console.log(`  ${suite.titlePath().join(' › ')}`);
      });
      runner.on('pass', ({ title, duration }) =>
        console.log(`    ✓ ${title}${duration >= SLOW_MS ? ` (${(duration / 1000).toFixed(1)} s)` : ''}`),
      );
      runner.on('retry', ({ title }, error) => console.log(`    ↻ ${title} (tried again: ${error.message})`));
      runner.on('fail', ({ title }) => console.log(`    ✗ ${title}`));
      runner.on('pending', ({ title }) => console.log(`    - ${title} (skipped)`));
    }
    const counts = {};
    for (const [event, outcome] of Object.entries({ pass: 'passed', fail: 'failed', pending: 'skipped' }))
      runner.on(event, ({ file }) => {
        counts[file] ??= { passed: 0, failed: 0, skipped: 0 };
        counts[file][outcome] += 1;
      });
    runner.once('end', () => {
      if (this.failures.length) reporters.Base.list(this.failures);
      if (process.env.TEST_COUNTS) writeFileSync(process.env.TEST_COUNTS, JSON.stringify(counts));
    });
  }
};
