import process from 'node:process';
import * as vscode from 'vscode';
import type { Command, Uses } from '../command.js';
import { selectToken, type Chosen, type SelectsToken } from '../selectToken.js';

/** Lets programs on this machine send requests to tenants, without a token in them. */
export const startGateway: Command<Uses<'gateway' | 'prompter'>> = async ({ gateway, prompter }) => {
  await gateway.start();
  prompter.done(vscode.l10n.t('Gateway started at {0}', gateway.authority ?? ''));
};

export const stopGateway: Command<Uses<'gateway' | 'prompter'>> = ({ gateway, prompter }) => {
  gateway.dispose();
  prompter.done(vscode.l10n.t('Gateway stopped; its addresses are no longer valid'));
  return Promise.resolve();
};

/** Copies the address that stands for a tenant. It starts the gateway, because an address is of no use without it. */
export const copyGatewayUrl: Command<SelectsToken & Uses<'clipboard' | 'gateway'>> = async (services, target) => {
  const chosen = await selectToken(services, target, vscode.l10n.t('Copy Gateway URL'));
  if (!chosen) return;
  const { tenant, token } = chosen;
  await services.clipboard.copy(await services.gateway.addressOf(tenant.id, token.id));
  void services.prompter.notify('info', whatItCanDo(chosen));
};

/** Opens a terminal in which `$TENANT_URL` stands for a tenant. No token is in its environment. */
export const openTerminal: Command<SelectsToken & Uses<'gateway'>> = async (services, target) => {
  const chosen = await selectToken(services, target, vscode.l10n.t('Open Terminal for Tenant'));
  if (!chosen) return;
  const { tenant, token } = chosen;
  const address = await services.gateway.addressOf(tenant.id, token.id);
  const env = { TENANT_URL: address, TENANT_TOKENS_GATEWAY: new URL(address).origin, ...withoutProxy(new URL(address).hostname) };
  vscode.window.createTerminal({ name: tenant.name, iconPath: new vscode.ThemeIcon('broadcast'), env }).show();
};

export const showGatewayRequests: Command<Uses<'gatewayRequests'>> = ({ gatewayRequests }) => gatewayRequests.show();

function whatItCanDo({ tenant, token }: Chosen): string {
  return vscode.l10n.t(
    'The address of {0} at the gateway is copied. Whatever runs on this machine and has it can send requests as “{1}” until the gateway stops: reading only, until you allow more.',
    tenant.name,
    token.name,
  );
}

/** Keeps clients from sending what is for this machine through a proxy. */
function withoutProxy(host: string): Record<string, string> {
  const isProxied = Object.keys(process.env).some((name) => /^(https?|all)_proxy$/i.test(name));
  if (!isProxied) return {};
  const listed = process.env['no_proxy'] ?? process.env['NO_PROXY'] ?? '';
  const all = [listed, host].filter(Boolean).join(',');
  return { NO_PROXY: all, no_proxy: all };
}
