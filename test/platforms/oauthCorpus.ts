import { ACCESS, NEXT, quoted, SENT, unread, type Answer } from './corpus.js';

const lives = (seconds: number | null, more: object = {}): Answer['read'] => ({ lives: seconds, ...more });
const replaced = (seconds: number | null, ends?: number): Answer['read'] =>
  lives(seconds, { isReplaced: true, ...(ends !== undefined && { ends }) });
const refused = (code: string, says?: string): Answer['read'] => ({ code, says }) as Answer['read'];
const oauth = (error: string, description?: string): object => ({
  error,
  ...(description !== undefined && { error_description: description }),
});
const bearer = (more: object = {}): object => ({ access_token: ACCESS, token_type: 'Bearer', ...more });
const basic = { 'www-authenticate': 'Basic realm="token"' };
const NOW = Date.UTC(2030, 0, 1);
const [dead, client] = ['api-token-refused', 'client-refused'] as const;

type Row = readonly [
  service: string,
  source: string,
  status: number,
  body: unknown,
  read: Answer['read'],
  more?: Pick<Answer, 'headers' | 'settings'>,
];

const KEYCLOAK =
  'https://github.com/keycloak/keycloak/blob/main/services/src/main/java/org/keycloak/protocol/oidc/TokenManager.java';
const KEYCLOAK_CLIENT =
  'https://github.com/keycloak/keycloak/blob/main/services/src/main/java/org/keycloak/authentication/authenticators/client/ClientAuthUtil.java';
const KEYCLOAK_SECRET =
  'https://github.com/keycloak/keycloak/blob/main/services/src/main/java/org/keycloak/authentication/authenticators/client/ClientIdAndSecretAuthenticator.java';
const KEYCLOAK_ENDPOINT =
  'https://github.com/keycloak/keycloak/blob/main/services/src/main/java/org/keycloak/protocol/oidc/endpoints/TokenEndpoint.java';
const OKTA = 'https://developer.okta.com/docs/reference/api/oidc/#token';
const OKTA_ERRORS = 'https://developer.okta.com/docs/reference/error-codes/';
const AUTH0 = 'https://auth0.com/docs/secure/tokens/refresh-tokens/use-refresh-tokens';
const ENTRA = 'https://learn.microsoft.com/entra/identity-platform/reference-error-codes';
const ENTRA_FLOW = 'https://learn.microsoft.com/entra/identity-platform/v2-oauth2-auth-code-flow';
const GOOGLE = 'https://developers.google.com/identity/protocols/oauth2/web-server#offline';
const GITHUB = 'https://docs.github.com/apps/creating-github-apps/authenticating-with-a-github-app/refreshing-user-access-tokens';
const GITHUB_ERRORS =
  'https://docs.github.com/apps/oauth-apps/maintaining-oauth-apps/troubleshooting-oauth-app-access-token-request-errors';
const SLACK = 'https://docs.slack.dev/reference/methods/oauth.v2.access';
const SALESFORCE = 'https://help.salesforce.com/s/articleView?id=xcloud.remoteaccess_oauth_flow_errors.htm';
const ZOHO = 'https://www.zoho.com/accounts/protocol/oauth/web-apps/access-token-expiry.html';
const STRAVA = 'https://developers.strava.com/docs/authentication/';
const PAYPAL = 'https://developer.paypal.com/api/rest/authentication/';
const BOX = 'https://developer.box.com/reference/post-oauth2-token/';
const DROPBOX = 'https://www.dropbox.com/developers/documentation/http/documentation#oauth2-token';
const REDDIT = 'https://github.com/reddit-archive/reddit/wiki/OAuth2';
const TWITCH = 'https://dev.twitch.tv/docs/authentication/refresh-tokens/';
const FITBIT = 'https://dev.fitbit.com/build/reference/web-api/troubleshooting-guide/error-messages/';
const ZOOM = 'https://developers.zoom.us/docs/integrations/oauth/';
const HUBSPOT = 'https://developers.hubspot.com/docs/api/oauth/tokens';
const ATLASSIAN = 'https://developer.atlassian.com/cloud/oauth/getting-started/refresh-tokens/';
const X = 'https://docs.x.com/resources/fundamentals/authentication/oauth-2-0/user-access-token';
const LINKEDIN = 'https://learn.microsoft.com/linkedin/shared/authentication/programmatic-refresh-tokens';
const INTUIT = 'https://github.com/intuit/oauth-jsclient/issues/77';
const DISCORD = 'https://discord.com/developers/docs/topics/oauth2';
const SPOTIFY = 'https://developer.spotify.com/documentation/web-api/tutorials/refreshing-tokens';
const GITLAB = 'https://docs.gitlab.com/api/oauth2/';
const DOORKEEPER = 'https://github.com/doorkeeper-gem/doorkeeper/blob/main/config/locales/en.yml';
const DOORKEEPER_REST = 'does not match the redirection URI used in the authorization request, or was issued to another client.';
const IBM = 'https://cloud.ibm.com/apidocs/iam-identity-token-api';
const APIGEE = 'https://cloud.google.com/apigee/docs/api-platform/reference/policies/oauthv2-policy';
const SUPABASE = 'https://github.com/supabase/auth/blob/master/internal/tokens/service.go';
const SUPABASE_ERRORS = 'https://github.com/supabase/auth/blob/master/internal/api/errors.go';
const SERVICENOW =
  'https://www.servicenow.com/docs/bundle/yokohama-platform-security/page/administer/security/concept/c_OAuthApplications.html';
const SQUARE = 'https://developer.squareup.com/reference/square/o-auth-api/obtain-token';
const EBAY = 'https://developer.ebay.com/api-docs/static/oauth-refresh-token-request.html';
const AMAZON = 'https://developer.amazon.com/docs/login-with-amazon/refresh-token.html';
const COGNITO = 'https://docs.aws.amazon.com/cognito/latest/developerguide/token-endpoint.html';
const AWS_SSO = 'https://docs.aws.amazon.com/singlesignon/latest/OIDCAPIReference/API_CreateToken.html';
const TIKTOK = 'https://developers.tiktok.com/doc/oauth-user-access-token-management';
const WECHAT = 'https://developers.weixin.qq.com/doc/oplatform/en/Mobile_App/WeChat_Login/Authorized_API_call_UnionID.html';
const FACEBOOK = 'https://developers.facebook.com/docs/graph-api/guides/error-handling/';
const RFC6749 = 'https://www.rfc-editor.org/rfc/rfc6749#section-5.2';
const RFC6750 = 'https://www.rfc-editor.org/rfc/rfc6750#section-3';
const RFC9457 = 'https://www.rfc-editor.org/rfc/rfc9457#section-3';
const SPRING = 'https://docs.spring.io/spring-boot/reference/web/servlet.html#web.servlet.spring-mvc.error-handling';
const IDENTITY_SERVER = 'https://docs.duendesoftware.com/identityserver/reference/endpoints/token/';

const ROWS: readonly Row[] = [
  // The specification
  [
    'RFC 6749, a token',
    'https://www.rfc-editor.org/rfc/rfc6749#section-5.1',
    200,
    bearer({ token_type: 'example', expires_in: 3600 }),
    refused('unexpected-answer', 'token_type is not bearer'),
  ],
  [
    'RFC 6749, a token of its time',
    'https://www.rfc-editor.org/rfc/rfc6749#section-5.1',
    200,
    bearer({ expires_in: 3600, refresh_token: NEXT }),
    replaced(3600),
  ],
  ['RFC 6749, a request that is wrong', RFC6749, 400, oauth('invalid_request'), refused('request-refused', 'invalid_request')],
  ['RFC 6749, a client with Basic', RFC6749, 401, '', refused(client), { headers: basic }],
  [
    'RFC 6750, in the header alone',
    RFC6750,
    401,
    '',
    refused(dead),
    { headers: { 'www-authenticate': 'Bearer realm="example", error="invalid_token"' } },
  ],
  [
    'RFC 8707, another resource',
    'https://www.rfc-editor.org/rfc/rfc8707#section-2',
    400,
    oauth('invalid_target'),
    refused('request-refused'),
  ],
  [
    'RFC 9449, a nonce is wanted',
    'https://www.rfc-editor.org/rfc/rfc9449#section-8',
    400,
    oauth('use_dpop_nonce', 'Authorization server requires nonce in DPoP proof'),
    refused('request-refused', 'requires nonce'),
  ],
  [
    'RFC 9457, a problem',
    RFC9457,
    403,
    {
      type: 'https://example.com/probs/out-of-credit',
      title: 'You do not have enough credit.',
      detail: 'Your current balance is 30, but that costs 50.',
      instance: '/account/12345',
    },
    refused('forbidden', 'Your current balance is 30'),
    { headers: { 'content-type': 'application/problem+json' } },
  ],
  [
    'RFC 9457, a problem without a type',
    RFC9457,
    401,
    { type: 'about:blank', title: 'Unauthorized', status: 401 },
    refused(dead),
    { headers: { 'content-type': 'application/problem+json' } },
  ],

  [
    'Keycloak, a pair',
    unread('https://www.keycloak.org/docs/latest/server_admin/'),
    200,
    bearer({
      expires_in: 300,
      refresh_expires_in: 1800,
      refresh_token: NEXT,
      'not-before-policy': 0,
      session_state: '0f7e',
      scope: 'email profile',
    }),
    replaced(300, 1800),
  ],
  [
    'Keycloak, an offline token',
    unread('https://www.keycloak.org/docs/latest/server_admin/#_offline-access'),
    200,
    bearer({ expires_in: 300, refresh_expires_in: 0, refresh_token: SENT }),
    lives(300),
  ],
  [
    'Keycloak, a token that is not active',
    unread(KEYCLOAK),
    400,
    oauth('invalid_grant', 'Token is not active'),
    refused(dead, 'Token is not active'),
  ],
  [
    'Keycloak, a session that has ended',
    unread(KEYCLOAK),
    400,
    oauth('invalid_grant', 'Session not active'),
    refused(dead, 'Session not active'),
  ],
  [
    'Keycloak, a token used before',
    KEYCLOAK,
    400,
    oauth('invalid_grant', 'Maximum allowed refresh token reuse exceeded'),
    refused(dead),
  ],
  [
    'Keycloak, a client secret',
    KEYCLOAK_SECRET,
    401,
    oauth('unauthorized_client', 'Invalid client or Invalid client credentials'),
    refused(client, 'Invalid client'),
  ],
  [
    'Keycloak, no client',
    KEYCLOAK_SECRET,
    400,
    oauth('invalid_client', 'Missing client_id parameter'),
    refused(client, 'Missing client_id parameter'),
  ],
  [
    'Keycloak, a refresh token of another client',
    KEYCLOAK,
    400,
    oauth('invalid_grant', "Invalid refresh token. Token client and authorized client don't match"),
    refused(dead, 'Invalid refresh token.'),
  ],
  ['Keycloak, an old token', KEYCLOAK, 400, oauth('invalid_grant', 'Stale token'), refused(dead, 'Stale token')],
  [
    'Keycloak, a client that is not there',
    quoted(KEYCLOAK_CLIENT),
    401,
    oauth('invalid_client', 'Invalid client or Invalid client credentials'),
    refused(client),
  ],
  [
    'Keycloak, a realm that is not there',
    quoted(KEYCLOAK),
    404,
    { error: 'Realm does not exist' },
    refused('not-found', 'Realm does not exist'),
  ],
  [
    'Keycloak, without TLS',
    KEYCLOAK_ENDPOINT,
    403,
    oauth('invalid_request', 'HTTPS required'),
    refused('request-refused', 'HTTPS required'),
  ],

  [
    'Okta, a token',
    unread(OKTA),
    200,
    bearer({ expires_in: 3600, refresh_token: NEXT, scope: 'offline_access' }),
    replaced(3600),
  ],
  [
    'Okta, a refresh token',
    quoted(OKTA),
    400,
    oauth('invalid_grant', 'The refresh token is invalid or expired.'),
    refused(dead, 'The refresh token is invalid or expired.'),
  ],
  [
    'Okta, a client',
    quoted(OKTA),
    401,
    {
      errorCode: 'invalid_client',
      errorSummary: "Invalid value for 'client_id' parameter.",
      errorLink: 'invalid_client',
      errorId: 'oae1',
      errorCauses: [],
    },
    refused(client),
  ],
  [
    'Okta, too many requests',
    unread(OKTA_ERRORS),
    429,
    { errorCode: 'E0000047', errorSummary: 'API call exceeded rate limit due to too many requests.' },
    refused('rate-limited', 'API call exceeded rate limit'),
  ],
  [
    'Okta, a server that is not there',
    unread(OKTA_ERRORS),
    404,
    { errorCode: 'E0000007', errorSummary: 'Not found: Resource not found: default (AuthorizationServer)' },
    refused('not-found', 'Resource not found'),
  ],

  [
    'Auth0, a token',
    unread(AUTH0),
    200,
    bearer({ expires_in: 86400, scope: 'openid offline_access', refresh_token: NEXT }),
    replaced(86_400),
  ],
  [
    'Auth0, a refresh token',
    quoted(AUTH0),
    403,
    oauth('invalid_grant', 'Unknown or invalid refresh token.'),
    refused(dead, 'Unknown or invalid refresh token.'),
  ],
  [
    'Auth0, an M2M client',
    unread('https://auth0.com/docs/get-started/authentication-and-authorization-flow/client-credentials-flow'),
    401,
    oauth('access_denied', 'Unauthorized'),
    refused(client, 'Unauthorized'),
    { settings: { grant: 'client_credentials', clientId: 'ada' } },
  ],
  [
    'Auth0, a grant that is not allowed',
    unread(AUTH0),
    403,
    oauth('unauthorized_client', "Grant type 'refresh_token' not allowed for the client."),
    refused(client),
  ],
  [
    'Auth0, too many requests',
    unread('https://auth0.com/docs/troubleshoot/customer-support/operational-policies/rate-limit-policy'),
    429,
    { error: 'too_many_requests', error_description: 'Global limit has been reached' },
    refused('rate-limited'),
  ],

  [
    'Entra, a token',
    unread(ENTRA_FLOW),
    200,
    bearer({ scope: 'User.Read', expires_in: 3599, ext_expires_in: 3599, refresh_token: NEXT }),
    replaced(3599),
  ],
  [
    'Entra v1, texts',
    unread('https://learn.microsoft.com/previous-versions/azure/active-directory/azuread-dev/v1-protocols-oauth-code'),
    200,
    bearer({ expires_in: '3600', expires_on: '1893459600', resource: 'https://service.example/', refresh_token: NEXT }),
    replaced(3600),
  ],
  [
    'Azure managed identity, an end only',
    unread('https://learn.microsoft.com/azure/app-service/overview-managed-identity'),
    200,
    bearer({ expires_on: String(NOW / 1000 + 86_400), resource: 'https://vault.azure.net' }),
    lives(86_400),
  ],
  [
    'Entra, a token of 90 days',
    quoted(ENTRA),
    400,
    {
      ...oauth('invalid_grant', 'AADSTS700082: The refresh token has expired due to inactivity.'),
      error_codes: [700082],
      trace_id: '0f7e',
      correlation_id: '0f7e',
    },
    refused(dead, 'AADSTS700082'),
  ],
  [
    'Entra, a client secret',
    quoted(ENTRA),
    401,
    { ...oauth('invalid_client', 'AADSTS7000215: Invalid client secret provided.'), error_codes: [7000215] },
    refused(client, 'AADSTS7000215'),
  ],
  [
    'Entra, an application that is not there',
    quoted(ENTRA),
    400,
    {
      ...oauth('unauthorized_client', "AADSTS700016: Application with identifier '0f7e' was not found in the directory"),
      error_codes: [700016],
    },
    refused(client, 'AADSTS700016'),
  ],
  [
    'Entra, a tenant that is not there',
    quoted(ENTRA),
    400,
    { ...oauth('invalid_request', "AADSTS90002: Tenant '0f7e' not found."), error_codes: [90002] },
    refused('request-refused', 'AADSTS90002'),
  ],
  [
    'Entra, a second factor',
    quoted(ENTRA),
    400,
    {
      ...oauth('invalid_grant', 'AADSTS50076: Due to a configuration change made by your administrator, you must use a factor'),
      ...{ error_codes: [50076], suberror: 'basic_action' },
    },
    refused(dead, 'AADSTS50076'),
  ],
  [
    'Entra v1, a second factor',
    unread(ENTRA),
    400,
    { ...oauth('interaction_required', 'AADSTS50076: you must use multi-factor authentication'), suberror: 'basic_action' },
    refused(dead, 'AADSTS50076'),
  ],
  [
    'Entra, a consent',
    quoted(ENTRA),
    400,
    {
      ...oauth('invalid_grant', 'AADSTS65001: The user or administrator has not consented to use the application'),
      ...{ error_codes: [65001], suberror: 'consent_required' },
    },
    refused(dead, 'AADSTS65001'),
  ],
  [
    'Entra, too many of the same request',
    quoted('https://learn.microsoft.com/entra/identity-platform/reference-breaking-changes'),
    400,
    oauth(
      'invalid_grant',
      'AADSTS50196: The server terminated an operation because it encountered a loop while processing a request.',
    ),
    refused('rate-limited', 'AADSTS50196'),
  ],
  [
    'Entra, for a while',
    quoted(ENTRA),
    400,
    { ...oauth('temporarily_unavailable', 'AADSTS90033: A transient error has occurred.'), error_codes: [90033] },
    refused('service-failed', 'AADSTS90033'),
  ],
  [
    'Azure DevOps, another type',
    unread('https://learn.microsoft.com/azure/devops/integrate/get-started/authentication/oauth'),
    200,
    bearer({ token_type: 'jwt-bearer', expires_in: '3599', refresh_token: NEXT }),
    replaced(3599),
    { settings: { tokenType: 'any' } },
  ],

  [
    'Google, a token',
    unread(GOOGLE),
    200,
    bearer({ expires_in: 3920, scope: 'https://www.googleapis.com/auth/drive' }),
    lives(3920),
  ],
  [
    'Google, a test application',
    unread(GOOGLE),
    200,
    bearer({ expires_in: 3599, refresh_token_expires_in: 604_799 }),
    lives(3599, { ends: 604_799 }),
  ],
  [
    'Google, a refresh token',
    quoted(GOOGLE),
    400,
    oauth('invalid_grant', 'Token has been expired or revoked.'),
    refused(dead, 'Token has been expired or revoked.'),
  ],
  [
    'Google, a client',
    quoted(GOOGLE),
    401,
    oauth('invalid_client', 'The OAuth client was not found.'),
    refused(client, 'The OAuth client was not found.'),
  ],
  ['Google, a refresh token of nobody', quoted(GOOGLE), 400, oauth('invalid_grant', 'Bad Request'), refused(dead, 'Bad Request')],
  ['Google, a client secret', quoted(GOOGLE), 401, oauth('invalid_client', 'Unauthorized'), refused(client, 'Unauthorized')],
  [
    'Google, a session that an administrator limits',
    quoted(GOOGLE),
    400,
    { ...oauth('invalid_grant', 'reauth related error (invalid_rapt)'), error_subtype: 'invalid_rapt' },
    refused(dead, 'reauth related error'),
  ],
  [
    'Google, a client that was deleted',
    quoted(GOOGLE),
    401,
    oauth('deleted_client', 'The OAuth client was deleted.'),
    refused(client),
  ],
  [
    'Google, a quota',
    unread('https://cloud.google.com/apis/design/errors'),
    403,
    { error: { code: 403, message: 'Quota exceeded for quota metric', status: 'RESOURCE_EXHAUSTED' } },
    refused('rate-limited', 'Quota exceeded'),
  ],
  [
    'Google, unauthenticated',
    unread('https://cloud.google.com/apis/design/errors'),
    401,
    { error: { code: 401, message: 'Request had invalid authentication credentials.', status: 'UNAUTHENTICATED' } },
    refused(dead, 'invalid authentication credentials'),
  ],
  [
    'Firebase, texts',
    unread('https://firebase.google.com/docs/reference/rest/auth#section-refresh-token'),
    200,
    bearer({ expires_in: '3600', refresh_token: NEXT, id_token: 'eyJ.EXAMPLE.x', user_id: 'ada', project_id: '1' }),
    replaced(3600),
  ],
  [
    'Firebase, a token that has expired',
    unread('https://firebase.google.com/docs/reference/rest/auth#section-refresh-token'),
    400,
    { error: { code: 400, message: 'TOKEN_EXPIRED', status: 'INVALID_ARGUMENT' } },
    refused(dead, 'TOKEN_EXPIRED'),
  ],
  [
    'Firebase, another token',
    unread('https://firebase.google.com/docs/reference/rest/auth#section-refresh-token'),
    400,
    { error: { code: 400, message: 'INVALID_REFRESH_TOKEN', status: 'INVALID_ARGUMENT' } },
    refused(dead, 'INVALID_REFRESH_TOKEN'),
  ],

  [
    'GitHub, a pair',
    quoted(GITHUB),
    200,
    bearer({ token_type: 'bearer', expires_in: 28_800, refresh_token: NEXT, refresh_token_expires_in: 15_811_200, scope: '' }),
    replaced(28_800, 15_811_200),
  ],
  [
    'GitHub, a refresh token, status 200',
    quoted(GITHUB_ERRORS),
    200,
    { ...oauth('bad_refresh_token', 'The refresh token passed is incorrect or expired.'), error_uri: 'https://docs.github.com' },
    refused(dead, 'The refresh token passed is incorrect or expired.'),
  ],
  [
    'GitHub, a client, status 200',
    GITHUB_ERRORS,
    200,
    oauth('incorrect_client_credentials', 'The client_id and/or client_secret passed are incorrect.'),
    refused(client),
  ],
  [
    'GitHub, an application that is suspended',
    unread(GITHUB_ERRORS),
    200,
    oauth('application_suspended', 'Your application has been suspended.'),
    refused(client),
  ],
  ['GitHub, an application that is not there', unread(GITHUB_ERRORS), 404, { error: 'Not Found' }, refused('not-found')],
  [
    'GitHub, too many requests',
    unread('https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api'),
    403,
    { message: 'API rate limit exceeded for 192.0.2.1.', documentation_url: 'https://docs.github.com' },
    refused('rate-limited', 'API rate limit exceeded'),
  ],

  [
    'Slack, a pair',
    unread('https://docs.slack.dev/authentication/using-token-rotation'),
    200,
    bearer({ ok: true, token_type: 'bot', expires_in: 43_200, refresh_token: NEXT }),
    replaced(43_200),
    { settings: { tokenType: 'any' } },
  ],
  ['Slack, a refresh token', SLACK, 200, { ok: false, error: 'invalid_refresh_token' }, refused(dead, 'invalid_refresh_token')],
  ['Slack, a client', SLACK, 200, { ok: false, error: 'bad_client_secret' }, refused(client, 'bad_client_secret')],
  ['Slack, an account', SLACK, 200, { ok: false, error: 'account_inactive' }, refused(dead)],
  ['Slack, a failure', SLACK, 200, { ok: false, error: 'internal_error' }, refused('service-failed')],
  [
    'Slack, too many requests',
    unread(SLACK),
    429,
    { ok: false, error: 'ratelimited' },
    refused('rate-limited'),
    { headers: { 'retry-after': '30' } },
  ],
  [
    'Slack, something else',
    unread(SLACK),
    200,
    { ok: false, error: 'team_access_not_granted' },
    refused('unexpected-answer', 'team_access_not_granted'),
  ],

  [
    'Salesforce, a token without an end',
    unread('https://help.salesforce.com/s/articleView?id=xcloud.remoteaccess_oauth_refresh_token_flow.htm'),
    200,
    {
      access_token: '00DEXAMPLE!AQcAQH0dMHEXAMPLE',
      token_type: 'Bearer',
      instance_url: 'https://acme.my.salesforce.com',
      id: 'https://login.salesforce.com/id/00D/005',
      issued_at: '1278448384422',
      signature: 'EXAMPLE=',
    },
    lives(null),
  ],
  [
    'Salesforce, a refresh token',
    quoted(SALESFORCE),
    400,
    oauth('invalid_grant', 'expired access/refresh token'),
    refused(dead, 'expired access/refresh token'),
  ],
  [
    'Salesforce, a client',
    quoted(SALESFORCE),
    400,
    oauth('invalid_client_id', 'client identifier invalid'),
    refused(client, 'client identifier invalid'),
  ],
  ['Salesforce, a user', quoted(SALESFORCE), 400, oauth('inactive_user', 'user is inactive'), refused(dead)],
  [
    'Salesforce, two requests at once',
    'https://github.com/segmentio/action-destinations/pull/2300',
    400,
    oauth('invalid_grant', 'token request is already being processed'),
    refused('rate-limited', 'token request is already being processed'),
  ],
  [
    'Salesforce, too many requests',
    unread(SALESFORCE),
    400,
    oauth('rate_limit_exceeded', 'login rate exceeded'),
    refused('rate-limited'),
  ],
  [
    'Salesforce, for a while',
    unread(SALESFORCE),
    400,
    oauth('unknown_error', 'retry your request'),
    refused('service-failed', 'retry your request'),
  ],
  [
    'Salesforce, its API',
    unread('https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/errorcodes.htm'),
    401,
    [{ message: 'Session expired or invalid', errorCode: 'INVALID_SESSION_ID' }],
    refused(dead, 'Session expired or invalid'),
  ],

  [
    'Zoho, a token',
    unread(ZOHO),
    200,
    bearer({ scope: 'ZohoCRM.modules.ALL', api_domain: 'https://www.zohoapis.com', expires_in: 3600 }),
    lives(3600),
  ],
  [
    'Zoho, milliseconds',
    unread('https://github.com/zoho/zcrm-php-sdk/issues/31'),
    200,
    bearer({ expires_in_sec: 3600, expires_in: 3_600_000 }),
    lives(3600),
  ],
  ['Zoho, a refresh token', quoted(ZOHO), 200, { error: 'invalid_code' }, refused(dead, 'invalid_code')],
  [
    'Zoho, too many requests',
    quoted(
      'https://help.zoho.com/portal/en/community/topic/access-denied-you-have-made-too-many-requests-continuously-please-try-again-after-some-time',
    ),
    400,
    {
      error_description: 'You have made too many requests continuously. Please try again after some time.',
      error: 'Access Denied',
      status: 'failure',
    },
    refused('rate-limited', 'You have made too many requests'),
  ],

  [
    'Strava, a pair',
    unread(STRAVA),
    200,
    bearer({ expires_at: NOW / 1000 + 20_566, expires_in: 20_566, refresh_token: NEXT }),
    replaced(20_566),
  ],
  [
    'Strava, a refresh token',
    quoted(STRAVA),
    400,
    { message: 'Bad Request', errors: [{ resource: 'RefreshToken', field: 'refresh_token', code: 'invalid' }] },
    refused(dead),
  ],
  [
    'Strava, a client that is not there',
    quoted(STRAVA),
    400,
    { message: 'Bad Request', errors: [{ resource: 'Application', field: 'client_id', code: 'invalid' }] },
    refused(client),
  ],
  [
    'Strava, a client secret',
    quoted(STRAVA),
    401,
    { message: 'Authorization Error', errors: [{ resource: 'Application', field: '', code: 'invalid' }] },
    refused(client, 'Authorization Error'),
  ],
  [
    'Strava, its API',
    quoted(STRAVA),
    401,
    { message: 'Authorization Error', errors: [{ resource: 'Athlete', field: 'access_token', code: 'invalid' }] },
    refused(dead, 'Authorization Error'),
  ],
  [
    'Strava, too many requests',
    quoted(STRAVA),
    429,
    { message: 'Rate Limit Exceeded', errors: [{ resource: 'Application', field: 'rate limit', code: 'exceeded' }] },
    refused('rate-limited', 'Rate Limit Exceeded'),
  ],
  [
    'PayPal, a token',
    unread(PAYPAL),
    200,
    bearer({
      scope: 'https://uri.paypal.com/services/payments',
      app_id: 'APP-80W',
      expires_in: 31_668,
      nonce: '2020-04-03T15:35:36Z',
    }),
    lives(31_668),
    { settings: { grant: 'client_credentials', clientId: 'ada' } },
  ],
  [
    'PayPal, a client',
    unread(PAYPAL),
    401,
    oauth('invalid_client', 'Client Authentication failed'),
    refused(client, 'Client Authentication failed'),
  ],
  [
    'PayPal, its API',
    unread('https://developer.paypal.com/api/rest/responses/'),
    401,
    { name: 'AUTHENTICATION_FAILURE', message: 'Authentication failed due to invalid authentication credentials.', links: [] },
    refused(dead, 'Authentication failed'),
  ],
  [
    'Box, a pair',
    unread(BOX),
    200,
    bearer({ token_type: 'bearer', expires_in: 3600, refresh_token: NEXT, restricted_to: [] }),
    replaced(3600),
  ],
  [
    'Box, a refresh token',
    unread(BOX),
    400,
    oauth('invalid_grant', 'Refresh token has expired'),
    refused(dead, 'Refresh token has expired'),
  ],
  ['Dropbox, a token', unread(DROPBOX), 200, bearer({ token_type: 'bearer', expires_in: 14_400 }), lives(14_400)],
  [
    'Dropbox, a refresh token',
    quoted(DROPBOX),
    400,
    oauth('invalid_grant', 'refresh token is invalid or revoked'),
    refused(dead, 'refresh token is invalid or revoked'),
  ],
  [
    'Dropbox, its API',
    unread('https://www.dropbox.com/developers/documentation/http/documentation#error-handling'),
    401,
    { error_summary: 'expired_access_token/..', error: { '.tag': 'expired_access_token' } },
    refused(dead, 'expired_access_token'),
  ],

  [
    'Reddit, a client',
    unread(REDDIT),
    401,
    { message: 'Unauthorized', error: 401 },
    refused(client, 'Unauthorized'),
    { headers: { 'www-authenticate': 'Basic realm="reddit"' } },
  ],
  ['Reddit, a request', unread(REDDIT), 400, { message: 'Bad Request', error: 400 }, refused('request-refused', 'Bad Request')],
  [
    'Twitch, a refresh token',
    quoted(TWITCH),
    400,
    { error: 'Bad Request', status: 400, message: 'Invalid refresh token' },
    refused(dead, 'Invalid refresh token'),
  ],
  [
    'Twitch, a client',
    unread(TWITCH),
    403,
    { status: 403, message: 'invalid client secret' },
    refused(client, 'invalid client secret'),
  ],
  [
    'Fitbit, a refresh token',
    unread(FITBIT),
    400,
    { errors: [{ errorType: 'invalid_grant', message: 'Refresh token invalid: EXAMPLE' }], success: false },
    refused(dead, 'Refresh token invalid'),
  ],
  [
    'Fitbit, a client',
    unread(FITBIT),
    401,
    { errors: [{ errorType: 'invalid_client', message: 'Invalid authorization header format.' }], success: false },
    refused(client),
  ],
  [
    'Zoom, a refresh token of another authorization',
    quoted(ZOOM),
    400,
    { reason: 'Invalid Token!', error: 'invalid_grant' },
    refused(dead, 'Invalid Token!'),
  ],
  [
    'Zoom, a refresh token',
    quoted(ZOOM),
    400,
    { reason: 'Invalid Token!', error: 'invalid_request' },
    refused(dead, 'Invalid Token!'),
  ],
  [
    'Zoom, a client',
    quoted(ZOOM),
    401,
    { reason: 'Invalid client_id or client_secret', error: 'invalid_client' },
    refused(client),
  ],
  [
    'HubSpot, a refresh token',
    quoted(HUBSPOT),
    400,
    { status: 'BAD_REFRESH_TOKEN', message: 'missing or invalid refresh token', correlationId: '0f7e' },
    refused(dead, 'missing or invalid refresh token'),
  ],
  [
    'HubSpot, a client',
    unread(HUBSPOT),
    400,
    { status: 'BAD_CLIENT_SECRET', message: 'missing or unknown client secret' },
    refused(client),
  ],
  [
    'Atlassian, a refresh token',
    quoted(ATLASSIAN),
    403,
    oauth('unauthorized_client', 'refresh_token is invalid'),
    refused(dead, 'refresh_token is invalid'),
  ],
  [
    'X, a refresh token',
    quoted(X),
    400,
    oauth('invalid_request', 'Value passed for the token was invalid.'),
    refused(dead, 'Value passed for the token was invalid.'),
  ],
  ['X, a client', quoted(X), 401, oauth('unauthorized_client', 'Missing valid authorization header'), refused(client)],
  [
    'LinkedIn, a refresh token',
    unread(LINKEDIN),
    400,
    oauth('invalid_request', 'The provided authorization grant or refresh token is invalid, expired or revoked.'),
    refused(dead),
  ],
  [
    'LinkedIn, without a type',
    unread(LINKEDIN),
    200,
    { access_token: ACCESS, expires_in: 86_400, refresh_token: SENT, refresh_token_expires_in: 439_200 },
    lives(86_400, { ends: 439_200 }),
    { settings: { tokenType: 'optional' } },
  ],
  [
    'LinkedIn, without a type that is required',
    unread(LINKEDIN),
    200,
    { access_token: ACCESS, expires_in: 86_400 },
    refused('unexpected-answer', 'token_type is missing'),
  ],
  [
    'Intuit, a pair',
    unread('https://developer.intuit.com/app/developer/qbo/docs/develop/authentication-and-authorization/oauth-2.0'),
    200,
    bearer({ token_type: 'bearer', expires_in: 3600, refresh_token: NEXT, x_refresh_token_expires_in: 8_726_400 }),
    replaced(3600, 8_726_400),
  ],
  ['Intuit, a refresh token', unread(INTUIT), 400, { error: 'invalid_grant' }, refused(dead, 'invalid_grant')],
  [
    'Bluesky, a session',
    unread('https://github.com/ChimeHQ/OAuthenticator/issues/23'),
    400,
    oauth('invalid_grant', 'Refresh token exceeded inactivity timeout'),
    refused(dead, 'Refresh token exceeded inactivity timeout'),
  ],
  [
    'CAS, a bare word',
    unread('https://github.com/apereo/cas/issues/2903'),
    400,
    'invalid_grant',
    refused(dead, 'invalid_grant'),
    { headers: { 'content-type': 'text/plain' } },
  ],
  [
    'Discord, a pair',
    unread(DISCORD),
    200,
    bearer({ expires_in: 604_800, refresh_token: NEXT, scope: 'identify' }),
    replaced(604_800),
  ],
  [
    'Discord, too many requests',
    unread('https://discord.com/developers/docs/topics/rate-limits'),
    429,
    { message: 'You are being rate limited.', retry_after: 64.57, global: false },
    refused('rate-limited', 'You are being rate limited.'),
    { headers: { 'retry-after': '65' } },
  ],
  [
    'Spotify, a refresh token',
    quoted(SPOTIFY),
    400,
    oauth('invalid_grant', 'Refresh token revoked'),
    refused(dead, 'Refresh token revoked'),
  ],
  ['Spotify, a client', quoted(SPOTIFY), 400, oauth('invalid_client', 'Invalid client secret'), refused(client)],
  [
    'GitLab, a pair',
    unread(GITLAB),
    200,
    bearer({ expires_in: 7200, refresh_token: NEXT, created_at: 1_607_635_748 }),
    replaced(7200),
  ],
  [
    'GitLab, a refresh token',
    DOORKEEPER,
    400,
    oauth('invalid_grant', `The provided authorization grant is invalid, expired, revoked, ${DOORKEEPER_REST}`),
    refused(dead),
  ],
  [
    'GitLab, a client',
    DOORKEEPER,
    401,
    oauth(
      'invalid_client',
      'Client authentication failed due to unknown client, no client authentication included, or unsupported authentication method.',
    ),
    refused(client, 'Client authentication failed'),
  ],
  [
    'IBM Cloud, a token',
    unread(IBM),
    200,
    bearer({ refresh_token: 'not_supported', expires_in: 3600, expiration: NOW / 1000 + 3600 }),
    lives(3600),
  ],
  [
    'IBM Cloud, an API key',
    quoted(IBM),
    400,
    { errorCode: 'BXNIM0415E', errorMessage: 'Provided API key could not be found.', context: { requestId: '0f7e' } },
    refused(dead, 'Provided API key could not be found.'),
  ],
  [
    'Apigee, a client',
    unread(APIGEE),
    401,
    { ErrorCode: 'invalid_client', Error: 'ClientId is Invalid' },
    refused(client, 'ClientId is Invalid'),
  ],
  [
    'Apigee, a refresh token',
    unread(APIGEE),
    400,
    { ErrorCode: 'invalid_request', Error: 'Refresh Token expired' },
    refused(dead, 'Refresh Token expired'),
  ],
  [
    'Apigee, a fault',
    unread('https://cloud.google.com/apigee/docs/api-platform/troubleshoot/runtime/'),
    401,
    { fault: { faultstring: 'Invalid ApiKey', detail: { errorcode: 'oauth.v2.InvalidApiKey' } } },
    refused(dead, 'Invalid ApiKey'),
  ],
  [
    'Apigee, its own type',
    unread(APIGEE),
    200,
    bearer({ token_type: 'BearerToken', expires_in: '1799' }),
    lives(1799),
    { settings: { tokenType: 'any' } },
  ],
  [
    'Supabase, status 201',
    unread('https://supabase.com/docs/reference/api/v1-exchange-oauth-token'),
    201,
    bearer({ expires_in: 86_400, refresh_token: NEXT }),
    replaced(86_400),
  ],
  [
    'Supabase, a refresh token',
    SUPABASE,
    400,
    { code: 400, error_code: 'refresh_token_already_used', msg: 'Invalid Refresh Token: Already Used' },
    refused(dead, 'Invalid Refresh Token: Already Used'),
  ],
  [
    'Supabase, a refresh token, since 2024',
    SUPABASE_ERRORS,
    400,
    { code: 'refresh_token_not_found', message: 'Invalid Refresh Token: Refresh Token Not Found' },
    refused(dead, 'Invalid Refresh Token: Refresh Token Not Found'),
  ],
  [
    'Supabase, a session',
    SUPABASE,
    400,
    { code: 400, error_code: 'session_expired', msg: 'Invalid Refresh Token: Session Expired (Inactivity)' },
    refused(dead, 'Session Expired'),
  ],
  [
    'Supabase, too many requests at once',
    'https://github.com/supabase/auth/pull/1202',
    409,
    { code: 409, error_code: 'conflict', msg: 'Too many concurrent token refresh requests on the same session or refresh token' },
    refused('rate-limited', 'Too many concurrent token refresh requests'),
  ],
  [
    'Supabase, too many requests',
    'https://github.com/supabase/auth/blob/master/internal/api/middleware.go',
    429,
    { code: 429, error_code: 'over_request_rate_limit', msg: 'Request rate limit reached' },
    refused('rate-limited', 'Request rate limit reached'),
  ],
  [
    'Supabase, a failure of its own',
    SUPABASE_ERRORS,
    500,
    {
      ...{ code: 500, error_code: 'unexpected_failure', error_id: '0f7e' },
      msg: 'Unexpected failure, please check server logs for more information',
    },
    refused('service-failed', 'Unexpected failure'),
  ],
  [
    'ServiceNow, a refresh token',
    unread(SERVICENOW),
    401,
    oauth('server_error', 'access_denied'),
    refused(dead, 'access_denied'),
  ],
  [
    'Square, a time',
    unread(SQUARE),
    200,
    bearer({ token_type: 'bearer', expires_at: '2030-01-31T00:00:00Z', merchant_id: 'M', refresh_token: SENT }),
    lives(30 * 86_400),
  ],
  [
    'Square, a refresh token',
    unread(SQUARE),
    401,
    { errors: [{ category: 'AUTHENTICATION_ERROR', code: 'UNAUTHORIZED', detail: 'Refresh token is expired or revoked.' }] },
    refused(dead, 'Refresh token is expired or revoked.'),
  ],
  [
    'eBay, a placeholder',
    unread(EBAY),
    200,
    bearer({ access_token: 'v^1.1#i^1#p^3#EXAMPLE==', token_type: 'User Access Token', expires_in: 7200, refresh_token: 'N/A' }),
    lives(7200),
    { settings: { tokenType: 'any' } },
  ],
  [
    'Amazon, characters',
    unread(AMAZON),
    200,
    bearer({ access_token: 'Atza|IQEBLjAsAEXAMPLE', token_type: 'bearer', expires_in: 3600, refresh_token: SENT }),
    lives(3600),
  ],
  [
    'Amazon, a refresh token',
    quoted(AMAZON),
    400,
    { ...oauth('invalid_grant', 'The request has an invalid grant parameter : refresh_token'), request_id: '0f7e' },
    refused(dead),
  ],
  ['Cognito, a client', unread(COGNITO), 400, oauth('invalid_client', 'invalid_client_secret'), refused(client)],
  [
    'AWS, an exception',
    unread(AWS_SSO),
    400,
    { __type: 'InvalidGrantException', message: 'Invalid refresh token provided' },
    refused(dead, 'Invalid refresh token provided'),
  ],
  [
    'AWS, an exception of the client',
    unread(AWS_SSO),
    401,
    { __type: 'com.amazonaws#InvalidClientException', message: 'Invalid client provided' },
    refused(client, 'Invalid client provided'),
  ],
  [
    'TikTok, a refresh token, status 200',
    unread(TIKTOK),
    200,
    { ...oauth('invalid_grant', 'Refresh token is invalid or expired.'), log_id: '0f7e' },
    refused(dead, 'Refresh token is invalid or expired.'),
  ],
  [
    'TikTok, a pair',
    unread(TIKTOK),
    200,
    bearer({ expires_in: 86_400, refresh_expires_in: 31_536_000, refresh_token: NEXT, open_id: 'o' }),
    replaced(86_400, 31_536_000),
  ],
  [
    'WeChat, a refresh token, status 200',
    unread(WECHAT),
    200,
    { errcode: 42_002, errmsg: 'refresh_token expired' },
    refused(dead, 'refresh_token expired'),
  ],
  [
    'Facebook, a session',
    quoted(FACEBOOK),
    400,
    {
      error: {
        message: 'Error validating access token: Session has expired',
        type: 'OAuthException',
        code: 190,
        error_subcode: 463,
        fbtrace_id: 'E',
      },
    },
    refused('request-refused', 'Error validating access token'),
  ],
  [
    'Shopify, a sentence',
    unread('https://shopify.dev/docs/api/usage/response-codes'),
    401,
    { errors: '[API] Invalid API key or access token (unrecognized login or wrong password)' },
    refused(dead, '[API] Invalid API key or access token'),
  ],
  [
    'Vault, sentences',
    unread('https://developer.hashicorp.com/vault/api-docs#error-response'),
    403,
    { errors: ['permission denied'] },
    refused('forbidden', 'permission denied'),
  ],
  [
    'JSON:API, an error',
    unread('https://jsonapi.org/format/#error-objects'),
    401,
    { errors: [{ status: '401', code: 'invalid_token', title: 'Unauthorized', detail: 'The refresh token has expired' }] },
    refused(dead, 'The refresh token has expired'),
  ],
  [
    'FastAPI, a field',
    unread('https://fastapi.tiangolo.com/tutorial/handling-errors/'),
    422,
    { detail: [{ type: 'missing', loc: ['body', 'grant_type'], msg: 'Field required', input: null }] },
    refused('request-refused', 'Field required'),
  ],
  [
    'FastAPI, a sentence',
    unread('https://fastapi.tiangolo.com/tutorial/handling-errors/'),
    401,
    { detail: 'Could not validate credentials' },
    refused(dead, 'Could not validate credentials'),
    { headers: { 'www-authenticate': 'Bearer' } },
  ],
  [
    'ASP.NET, a field',
    unread('https://learn.microsoft.com/aspnet/core/web-api/#automatic-http-400-responses'),
    400,
    {
      type: 'https://tools.ietf.org/html/rfc9110#section-15.5.1',
      title: 'One or more validation errors occurred.',
      status: 400,
      errors: { RefreshToken: ['The refresh token is invalid.'] },
    },
    refused(dead, 'The refresh token is invalid.'),
  ],
  [
    'Spring, 405',
    unread(SPRING),
    405,
    { timestamp: '2024-01-01T00:00:00.000+00:00', status: 405, error: 'Method Not Allowed', path: '/oauth/token' },
    refused('request-refused'),
  ],
  ['IdentityServer, a grant', unread(IDENTITY_SERVER), 400, { error: 'invalid_grant' }, refused(dead)],
  ['Bitwarden, a client', 'https://github.com/bitwarden/sdk-sm/issues/1168', 400, { error: 'invalid_client' }, refused(client)],
  [
    'FlowFuse, a refresh token',
    unread('https://github.com/FlowFuse/flowfuse/pull/8547'),
    400,
    oauth('invalid_request', 'Invalid refresh_token'),
    refused(dead, 'Invalid refresh_token'),
  ],
  [
    'Kong, a client',
    unread('https://docs.konghq.com/hub/kong-inc/oauth2/'),
    401,
    oauth('invalid_client', 'Invalid client authentication'),
    refused(client),
    { headers: basic },
  ],
  [
    'Cloudflare, a page',
    unread('https://developers.cloudflare.com/support/troubleshooting/http-status-codes/cloudflare-5xx-errors/'),
    522,
    '<!DOCTYPE html><html></html>',
    refused('service-failed'),
    { headers: { 'content-type': 'text/html' } },
  ],
  [
    'Cloudflare, a challenge',
    unread('https://developers.cloudflare.com/waf/'),
    403,
    '<!DOCTYPE html><html><head><title>Just a moment...</title></head></html>',
    refused('web-page'),
    { headers: { 'content-type': 'text/html; charset=UTF-8' } },
  ],
  [
    'AWS API Gateway, 403',
    unread('https://docs.aws.amazon.com/apigateway/latest/developerguide/supported-gateway-response-types.html'),
    403,
    { message: 'Missing Authentication Token' },
    refused('forbidden', 'Missing Authentication Token'),
  ],
  [
    'AWS API Gateway, 429',
    unread('https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-request-throttling.html'),
    429,
    { message: 'Too Many Requests' },
    refused('rate-limited'),
  ],
  [
    'OAuth in XML',
    unread('https://datatracker.ietf.org/doc/html/draft-richer-oauth-xml-01'),
    400,
    '<oauth><error>invalid_grant</error><error_description>The refresh token has expired</error_description></oauth>',
    refused(dead, 'The refresh token has expired'),
    { headers: { 'content-type': 'application/xml' } },
  ],
  [
    'a form',
    unread(GITHUB_ERRORS),
    400,
    'error=invalid_grant&error_description=The+token+is+expired',
    refused(dead, 'The token is expired'),
    { headers: { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' } },
  ],
];

/** Services that speak OAuth 2.0, each in its own way. */
export const OAUTH2: readonly Answer[] = ROWS.map(([service, source, status, body, read, more = {}]) => ({
  ...{ service, source, status, body, read },
  ...more,
}));
