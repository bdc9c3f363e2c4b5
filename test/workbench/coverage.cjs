'use strict';
// Begins each process of the server when coverage is measured. VS Code ends an extension host by a signal, at which Node writes
// no coverage, and nothing of ours runs in the other processes.
const process = require('node:process');
const v8 = require('node:v8');

if (!process.argv.includes('--type=extensionHost')) v8.stopCoverage();
else
  process.once('SIGTERM', () => {
    v8.takeCoverage();
    process.kill(process.pid, 'SIGKILL');
  });
