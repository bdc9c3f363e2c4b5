import * as vscode from 'vscode';
import { AppError } from '../../base/errors.js';
import type { Header } from '../../platforms/platform.js';
import type { Tenant } from '../../platforms/tenant.js';
import type { Access } from '../../store/record.js';
import type { Prompter } from '../../views/prompter.js';
import { answered } from '../../views/prompts.js';
import { about, type AccessTokens, type Uses } from '../command.js';
import type { Chosen } from '../selectToken.js';

/** What {@link acquireAccessToken} uses. */
export type AcquiresToken = AccessTokens & Uses<'active' | 'prompter' | 'refresher'>;

interface Acquisition {
  /** Exchanges even if a valid access token exists. */
  readonly afresh?: boolean;
  /** False for a token that is only tried: another one stays active. */
  readonly isUsed?: boolean;
}

/**
 * Gets an access token, with progress, and asks for a passcode if the service requires one. The token becomes the active one,
 * and from now on it is exchanged before it expires.
 * @returns undefined when the person cancelled
 * @throws TargetedError
 */
export async function acquireAccessToken(
  { prompter, broker, refresher, active }: AcquiresToken,
  { tenant, token }: Chosen,
  { afresh = false, isUsed = true }: Acquisition = {},
): Promise<Access | undefined> {
  const title = vscode.l10n.t('Exchanging the API token “{0}” of {1}', token.name, tenant.name);
  const attempt = (passcode?: string): Promise<Access | undefined> =>
    prompter.progress(title, (signal) => {
      const options = { signal, ...(passcode !== undefined && { passcode }) };
      return afresh ? broker.exchange(tenant, token.id, options) : broker.access(tenant, token.id, options);
    });
  const access = await about({ tenant: tenant.id, token: token.id }, withPasscode(prompter, tenant, attempt));
  if (!access || !isUsed) return access;
  refresher.used(tenant, token.id);
  await active.set(token.id);
  return access;
}

/** {@link acquireAccessToken} as auth headers in the tenant's style. */
export async function acquireHeaders(services: AcquiresToken, taken: Chosen): Promise<readonly Header[] | undefined> {
  const access = await acquireAccessToken(services, taken);
  return access && services.broker.headers(taken.tenant, taken.token.id, access.token);
}

/** Asks for the passcode when the service requires one, and again when it refuses the passcode. */
export async function withPasscode<T>(
  prompter: Prompter,
  tenant: Tenant,
  attempt: (passcode?: string) => Promise<T>,
): Promise<T | undefined> {
  let passcode: string | undefined;
  for (;;) {
    try {
      return await attempt(passcode);
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'passcode-needed') throw error;
      passcode = await askPasscode(prompter, tenant, passcode !== undefined);
      if (passcode === undefined) return undefined;
    }
  }
}

function askPasscode(prompter: Prompter, tenant: Tenant, again: boolean): Promise<string | undefined> {
  const answer = prompter.secret({
    title: vscode.l10n.t('Exchange'),
    prompt: again
      ? vscode.l10n.t('{0} did not accept that passcode. Enter the current one.', tenant.name)
      : vscode.l10n.t('{0} requires a one-time passcode. Enter the six digits from your authenticator.', tenant.name),
    validate: (value) =>
      /^\d{4,10}$/.test(value) ? undefined : { problem: vscode.l10n.t('A passcode consists of digits only.') },
  });
  return answered(answer);
}
