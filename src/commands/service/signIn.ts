import * as vscode from 'vscode';
import { AppError } from '../../base/errors.js';
import { ACCESS_TOKEN } from '../../platforms/tokenResponse.js';
import { platformOf } from '../../platforms/index.js';
import type { Tenant } from '../../platforms/tenant.js';
import type { ManagementFlow } from '../../management/tokenManager.js';
import type { Choice, Prompter } from '../../views/prompter.js';
import { askInTurn, answered, missing, type Step } from '../../views/prompts.js';
import { about, type Uses } from '../command.js';
import { allTokens, siblingRow, type Chosen } from '../selectToken.js';
import { withPasscode } from '../access/acquireAccessToken.js';

/** What {@link signedIn} uses. */
export type SignsIn = Uses<'broker' | 'manager' | 'prompter' | 'sandbox' | 'tenants' | 'vault'>;

/**
 * Signs in to manage a tenant's API tokens, does the work, and signs out, unless the person wants to stay signed in for ten
 * minutes. The session is in memory only, and ends with an error.
 * @returns the result of the work; undefined if the person cancelled
 * @throws TargetedError
 */
export async function signedIn<T>(
  services: SignsIn,
  tenant: Tenant,
  title: string,
  work: (flow: ManagementFlow) => Promise<T>,
): Promise<T | undefined> {
  const { manager } = services;
  const flow = manager.openSession(tenant) ?? (await about({ tenant: tenant.id }, signIn(services, tenant, title)));
  if (!flow) return undefined;
  try {
    return await about({ tenant: tenant.id }, work(flow));
  } catch (error) {
    manager.endSession(tenant.id);
    throw error;
  } finally {
    if (manager.openSession(tenant) !== flow) await flow.close();
  }
}

function signIn(services: SignsIn, tenant: Tenant, title: string): Promise<ManagementFlow | undefined> {
  const heading = `${title}: ${tenant.name}`;
  return platformOf(tenant).lifecycle?.authority === 'login'
    ? logIn(services, tenant, heading)
    : useAccessToken(services, tenant, heading);
}

/** Asks again after a wrong password, and never resends one automatically, because services lock accounts. */
async function logIn(
  { manager, sandbox, prompter }: Uses<'manager' | 'prompter' | 'sandbox'>,
  tenant: Tenant,
  title: string,
): Promise<ManagementFlow | undefined> {
  const user = manager.lastUser(tenant);
  const credentials = { user: '', password: '', ...(await sandbox.loginOf(tenant.id)), ...(user !== undefined && { user }) };
  const login: Login = { credentials, stays: false };
  for (let isAgain = false; ; isAgain = true) {
    const steps = loginSteps(prompter, tenant, title, login, isAgain);
    if (!(await askInTurn(() => steps, user === undefined || isAgain ? 0 : 1))) return undefined;
    try {
      const flow = await prompter.progress(vscode.l10n.t('Signing in to {0}', tenant.name), (signal) =>
        manager.signIn(tenant, { ...credentials }, signal),
      );
      if (flow && login.stays) manager.keepOpen(flow);
      return flow;
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'login-refused') throw error;
      credentials.password = '';
    }
  }
}

interface Login {
  readonly credentials: { user: string; password: string };
  /** Whether the session lasts for ten minutes. */
  stays: boolean;
}

function loginSteps(prompter: Prompter, tenant: Tenant, title: string, login: Login, isAgain: boolean): Step[] {
  const { credentials } = login;
  const { authorityHint = '', userHint = vscode.l10n.t('User name') } = platformOf(tenant).lifecycle ?? {};
  const refusedUser = isAgain ? credentials.user : undefined;
  const needed =
    (label: string) =>
    (value: string): { problem: string } | undefined =>
      value === '' ? { problem: missing(label) } : undefined;
  return [
    async (place) => {
      const answer = await prompter.text({
        ...place,
        title,
        prompt: `${userHint}. ${authorityHint}`.trimEnd(),
        value: credentials.user,
        validate: (value) =>
          value === refusedUser
            ? { warning: vscode.l10n.t('{0} refused this user or password.', tenant.name) }
            : needed(vscode.l10n.t('User name'))(value),
      });
      if (typeof answer === 'string') credentials.user = answer;
      return answer;
    },
    async (place) => {
      const answer = await prompter.secret({
        ...place,
        title,
        prompt: vscode.l10n.t('Password. It is sent to {0} once and not kept.', tenant.name),
        isExact: true,
        value: credentials.password,
        buttons: [
          {
            icon: 'watch',
            tooltip: vscode.l10n.t('Stay Signed In for Ten Minutes'),
            run: () => (login.stays = !login.stays),
          },
        ],
        validate: (value) =>
          needed(vscode.l10n.t('Password'))(value) ??
          (login.stays ? { note: vscode.l10n.t('You stay signed in for ten minutes.') } : undefined),
      });
      if (typeof answer === 'string') credentials.password = answer;
      return answer;
    },
  ];
}

/** Uses the access token of a stored API token, or one that the person pastes for this session. */
async function useAccessToken(
  services: Uses<'broker' | 'manager' | 'prompter' | 'tenants' | 'vault'>,
  tenant: Tenant,
  title: string,
): Promise<ManagementFlow | undefined> {
  const { manager, prompter } = services;
  const kept = allTokens(services).filter((one) => one.tenant.id === tenant.id && !one.token.singleUse);
  await Promise.all(kept.map(({ token }) => services.broker.load(token.id)));
  const choices: Choice<Chosen | 'paste'>[] = [
    ...kept.map((one) => ({ ...siblingRow(services, one), value: one })),
    { label: vscode.l10n.t('Paste an access token…'), icon: 'edit', value: 'paste' },
  ];
  const placeholder = vscode.l10n.t('Choose a token whose user may manage API tokens');
  const rights = await answered(prompter.choice({ title, placeholder, choices }));
  if (rights === undefined) return undefined;
  if (rights === 'paste') {
    const pasted = await askAccessToken(prompter, tenant, title);
    return pasted === undefined ? undefined : manager.withAccessToken(tenant, pasted);
  }
  const { token } = rights;
  return withPasscode(prompter, tenant, (passcode) =>
    prompter.progress(vscode.l10n.t('Exchanging the API token “{0}” of {1}', token.name, tenant.name), (signal) =>
      manager.withAccessOf(tenant, token.id, { signal, ...(passcode !== undefined && { passcode }) }),
    ),
  );
}

function askAccessToken(prompter: Prompter, tenant: Tenant, title: string): Promise<string | undefined> {
  const answer = prompter.secret({
    title,
    prompt: vscode.l10n.t('Access token (Bearer) of {0}. It is used for this and not kept.', tenant.name),
    validate: (value) =>
      ACCESS_TOKEN.test(value)
        ? undefined
        : { problem: vscode.l10n.t('An access token is letters, digits and “-._~+/!#%^|:*@,;=”, without “Bearer”.') },
  });
  return answered(answer);
}
