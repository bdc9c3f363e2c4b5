import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import process from 'node:process';
import { Peer } from './peer.js';

describe('a call to another process', () => {
  it('is rejected when that process has just been killed, before this one notices', async () => {
    const other = spawn(process.execPath, ['-e', 'process.on("message", () => 0); process.send("here")'], {
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    const ended = new Promise((resolve) => other.once('exit', resolve));
    await once(other, 'message');
    const peer = new Peer(other, {});
    other.kill('SIGKILL');
    // Starting and ending another process takes longer than this one takes to die, and no event arrives meanwhile.
    spawnSync(process.execPath, ['--version']);
    await assert.rejects(peer.call('anything'));
    await ended;
  });
});
