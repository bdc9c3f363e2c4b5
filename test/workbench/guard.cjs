'use strict';
// Runs in the extension host, in front of the tests' own entry point (see desktopStandIn.ts).
//
// An extension host that dies reports success to its workbench, so only a result written here counts as one. And what the
// tests print is written to a file here, in order and complete, and not taken from the workbench's log.
const fs = require('node:fs');
const process = require('node:process');
const { Writable } = require('node:stream');
const { format } = require('node:util');

const { entry, outputFile, resultFile } = JSON.parse(process.env.STAND_IN_GUARD);
const output = fs.openSync(outputFile, 'a');
const print = (text) => fs.writeSync(output, text);

/** VS Code has made these accessors whose setter does nothing, so an assignment would be lost without a word. */
const replace = (object, name, value) =>
  Object.defineProperty(object, name, { value, writable: true, configurable: true, enumerable: true });

for (const name of ['log', 'info', 'warn', 'error', 'debug']) replace(console, name, (...args) => print(`${format(...args)}\n`));
for (const name of ['stdout', 'stderr']) {
  const stream = new Writable({
    decodeStrings: false,
    write(chunk, _encoding, done) {
      print(chunk);
      done();
    },
  });
  replace(process, name, stream);
}

exports.run = async () => {
  try {
    await require(entry).run();
    fs.writeFileSync(resultFile, JSON.stringify({ passed: true }));
  } catch (error) {
    fs.writeFileSync(resultFile, JSON.stringify({ passed: false }));
    // The extension host prints it.
    throw error;
  }
};
