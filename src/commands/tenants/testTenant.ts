import * as vscode from 'vscode';
import { AppError } from '../../base/errors.js';
import { withTls, type HttpRequest } from '../../net/http.js';
import { platformOf } from '../../platforms/index.js';
import type { Tenant } from '../../platforms/tenant.js';
import { TargetedError, type Command, type Uses } from '../command.js';
import { allTokens, chooseToken, selectTenant, type Chosen } from '../selectToken.js';
import { acquireHeaders, type AcquiresToken } from '../access/acquireAccessToken.js';

/** Tests the whole path: reach the service, exchange, and call a harmless resource with the headers. */
export const testTenant: Command<AcquiresToken & Uses<'send' | 'tenants' | 'vault'>> = async (services, target) => {
  const title = vscode.l10n.t('Test Tenant');
  const tenant = await selectTenant(services, target, title);
  if (!tenant) return;
  const tokens = allTokens(services).filter((one) => one.tenant.id === tenant.id);
  if (tokens.length === 0) {
    await testReach(services, tenant);
    return;
  }
  const named = tokens.find(({ token }) => token.id === target.token);
  const chosen = named ?? (tokens.length === 1 ? tokens[0] : await chooseToken(services, tokens, title));
  if (chosen) await testToken(services, chosen);
};

async function testToken(services: AcquiresToken & Uses<'send'>, chosen: Chosen): Promise<void> {
  const { tenant } = chosen;
  const headers = await acquireHeaders(services, chosen);
  if (!headers) return;
  const probe = platformOf(tenant).probe?.(tenant);
  if (!probe) {
    void services.prompter.notify('info', vscode.l10n.t('{0} works: the API token was exchanged.', tenant.name));
    return;
  }
  const answer = await ask(services, tenant, {
    ...probe,
    headers: Object.fromEntries(headers.map(({ name, value }) => [name.toLowerCase(), value])),
  });
  if (answer === undefined) return;
  const { status, isPage } = answer;
  const sent = services.broker.peek(tenant, chosen.token.id);
  if (status === 401 && sent) services.broker.refused(chosen.token.id, sent.token);
  const { pathname } = new URL(probe.url);
  if (status >= 200 && status < 300 && !isPage) {
    void services.prompter.notify(
      'info',
      vscode.l10n.t(
        '{0} works: the API token was exchanged, and {1} answered {2} to its headers.',
        tenant.name,
        pathname,
        status,
      ),
    );
  } else {
    void services.prompter.notify(
      'warning',
      vscode.l10n.t(
        '{0}: the API token was exchanged, but {1} answered {2} to its headers. Check the header style and the rights of the token’s user.',
        tenant.name,
        pathname,
        status,
      ),
    );
  }
}

async function testReach(services: Uses<'prompter' | 'send'>, tenant: Tenant): Promise<void> {
  const url = new URL('/', platformOf(tenant).exchangeUrl(tenant)).href;
  if (!(await ask(services, tenant, { method: 'GET', url, headers: {} }))) return;
  const message = vscode.l10n.t('{0} can be reached. It has no API token yet, so nothing was exchanged.', tenant.name);
  if (await services.prompter.notify('info', message, [{ label: vscode.l10n.t('Add API Token'), value: true }]))
    await vscode.commands.executeCommand('tenantTokens.addToken', { tenant: tenant.id });
}

interface Answer {
  readonly status: number;
  /** A web page: often a login form, with status 200. */
  readonly isPage: boolean;
}

/** The service's answer; undefined when cancelled. A redirect counts as an answer, and is not followed. */
async function ask(
  { prompter, send }: Uses<'prompter' | 'send'>,
  tenant: Tenant,
  request: HttpRequest,
): Promise<Answer | undefined> {
  try {
    const response = await prompter.progress(vscode.l10n.t('Testing {0}', tenant.name), (signal) =>
      send(withTls(request, tenant), signal),
    );
    return response && { status: response.status, isPage: /html/i.test(response.headers['content-type'] ?? '') };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    if (error.code === 'redirected') return { status: Number(error.facts['status']), isPage: false };
    throw new TargetedError(error, { tenant: tenant.id });
  }
}
