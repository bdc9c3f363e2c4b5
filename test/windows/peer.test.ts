import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import process from 'node:process';
import { Peer } from './peer.js';

describe('a call to another process', () => {
  it('is rejected when that process has just been killed and nothing here has noticed', async () => {
    const other = spawn(process.execPath, ['-e', 'process.on("message", () => 0); process.send("here")'], {
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    const ended = new Promise((resolve) => other.once('exit', resolve));
    await once(other, 'message');
    const peer = new Peer(other, {});
    other.kill('SIGKILL');
    // Another process takes longer to start and end than this one to die, and no event comes meanwhile.
    spawnSync(process.execPath, ['--version']);
    await assert.rejects(peer.call('anything'));
    await ended;
  });
});
