'use strict';

// Ends the group of this process when whoever started it is gone, in whatever way: then nobody holds the other end of its stdin.
// What this process starts loads this file as well, and has another stdin.
if (process.env.ENDS_WITH_STDIN) {
  delete process.env.ENDS_WITH_STDIN;
  process.stdin.once('end', () => process.kill(-process.pid, 'SIGKILL')).resume();
}
