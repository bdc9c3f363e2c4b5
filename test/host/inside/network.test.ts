import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { DEFAULT_NETWORK } from '../../../src/net/proxy.js';
import { settings } from '../../../src/settings.js';

describe('the settings of the network', () => {
  const http = () => vscode.workspace.getConfiguration('http');
  const set = async (values: Readonly<Record<string, unknown>>): Promise<void> => {
    for (const [key, value] of Object.entries(values)) await http().update(key, value, vscode.ConfigurationTarget.Global);
  };
  const mine = {
    proxy: 'http://proxy.example:3128',
    proxySupport: 'off',
    noProxy: ['acme.example'],
    proxyAuthorization: 'Basic EXAMPLE',
    proxyStrictSSL: false,
    systemCertificates: false,
  };

  afterEach(() => set(Object.fromEntries(Object.keys(mine).map((key) => [key, undefined]))));

  it('are VS Code’s, which trusts the authorities of the machine', () => {
    assert.deepEqual(settings.network(), { ...DEFAULT_NETWORK, systemCertificates: true });
  });

  it('are those that the person has set', async () => {
    await set(mine);
    assert.deepEqual(settings.network(), mine);
  });
});
