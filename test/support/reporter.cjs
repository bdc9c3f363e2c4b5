'use strict';
const { appendFileSync } = require('node:fs');
const path = require('node:path');
const process = require('node:process');
const { reporters } = require('mocha');

const SLOW_MS = 1000;

/**
 * Prints failures in full and, with TEST_REPORT=each, every test as it ends. Each result also goes to the file that TEST_RESULTS
 * names, as a line of JSON, so that a process that dies leaves those that it had.
 */
module.exports = class Lines extends reporters.Base {
  constructor(runner, options) {
    super(runner, options);
    if (process.env.TEST_REPORT === 'each') {
      runner.on('suite', (suite) => {
        if (suite.tests.length) console.log(`  ${suite.titlePath().join(' › ')}`);
      });
      runner.on('pass', ({ title, duration }) =>
        console.log(`    ✓ ${title}${duration >= SLOW_MS ? ` (${(duration / 1000).toFixed(1)} s)` : ''}`),
      );
      runner.on('fail', ({ title }) => console.log(`    ✗ ${title}`));
      runner.on('pending', ({ title }) => console.log(`    - ${title} (skipped)`));
    }
    for (const [event, outcome] of Object.entries({ pass: 'passed', fail: 'failed', pending: 'skipped' }))
      runner.on(event, (test) => {
        const result = {
          outcome,
          title: test.titlePath().join(' › '),
          file: test.file && nameOf(test.file),
          ms: test.duration ?? 0,
        };
        if (process.env.TEST_RESULTS) appendFileSync(process.env.TEST_RESULTS, `${JSON.stringify(result)}\n`);
      });
    runner.once('end', () => {
      if (this.failures.length) reporters.Base.list(this.failures);
    });
  }
};

/** The test's file as one names it to run it, which inside of VS Code is not the one that runs. */
function nameOf(file) {
  const name = path.relative(path.join(__dirname, '../..'), file).replaceAll(path.sep, '/');
  return name.replace(/^\.vscode-test\/inside\/(.*)\.cjs$/, 'test/host/inside/$1.ts');
}
