import { AppError } from '../../base/errors.js';
import { DAY_MS } from '../../base/time.js';
import { readRefreshToken } from '../tokenResponse.js';
import type { AriaAutomationTenant } from './tenant.js';
import { loginRequest, readLogin } from './login.js';
import { nameField } from '../tokenForm.js';
import { base } from '../fields.js';
import type { Conversation, CreatedToken, Lifecycle } from '../lifecycle.js';
import { OF_LOGIN, readManaged } from '../management.js';

const LIFETIME_MS = 90 * DAY_MS;
/** The domain of users outside any directory. */
const LOCAL_DOMAIN = 'System Domain';

/**
 * Signing in returns a refresh token if the query contains `access_token` without a value. The service has no call that
 * lists or revokes refresh tokens.
 * @see https://docs.vmware.com/en/vRealize-Automation/8.9/vrealize-automation-89-api-programming-guide.pdf
 */
export const ariaAutomationTokens: Lifecycle<AriaAutomationTenant, 'apiToken'> = {
  authority: 'login',
  authorityHint: 'Signing in creates the refresh token here.',
  userHint: 'User name, or user@domain for a user of a directory',

  *logIn(tenant, { user, password }) {
    const at = user.lastIndexOf('@');
    const [username, domain] = at < 0 ? [user, LOCAL_DOMAIN] : [user.slice(0, at), user.slice(at + 1)];
    const reply = yield {
      method: 'POST',
      url: `${base(tenant.url)}/csp/gateway/am/api/login?access_token`,
      headers: { accept: 'application/json', 'content-type': 'application/json' },
      body: JSON.stringify({ username, password, domain }),
    };
    const apiToken = readRefreshToken(readManaged(reply, [password], { ...OF_LOGIN, 400: 'login-refused' })['refresh_token']);
    if (apiToken === undefined) throw new AppError('unexpected-answer', { reason: 'no refresh token' });
    return { headers: {}, secrets: [apiToken] };
  },

  createFields: [nameField(1, 64)],

  /** Exchanges the refresh token from signing in. Keeps it even if that fails; the next exchange will report why. */
  *create(tenant, session, { name = '' }): Conversation<CreatedToken<'apiToken'>> {
    const [apiToken = ''] = session.secrets;
    const made: CreatedToken<'apiToken'> = { secret: { apiToken }, token: { id: '', name, state: 'active' } };
    try {
      const { response, sentAt } = yield loginRequest(tenant, apiToken);
      const { accessToken: token, expiresAt } = readLogin(response, apiToken, sentAt);
      return { ...made, token: { ...made.token, endsAt: sentAt + LIFETIME_MS }, access: { token, expiresAt } };
    } catch (error) {
      if (error instanceof AppError) return made;
      throw error;
    }
  },
};
