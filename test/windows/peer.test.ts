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
    await once(other, 'message');
    const peer = new Peer(other, {});
    const ended = once(other, 'exit').then(() => peer.end());
    other.kill('SIGKILL');
    // While another process starts and ends, this one dies on all but the busiest machines, and no event arrives here.
    spawnSync(process.execPath, ['--version']);
    await assert.rejects(peer.call('anything'));
    await ended;
  });
});
