import type { ErrorCode } from '../../src/base/errors.js';

/**
 * Answers of real services to an exchange, with the public page, issue or source that shows them. Token values are
 * synthetic; if a source shows only a part of an answer, the row has only that part. A source without a mark was read.
 */
export interface Answer {
  readonly service: string;
  readonly source: string;
  readonly status: number;
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly read: Gives | Refused;
  /** The tenant's settings that differ from the reader's default. */
  readonly settings?: Readonly<Record<string, unknown>>;
}

/** Lifetime in seconds, null if unknown; whether the secret was replaced; seconds until the secret expires. */
export interface Gives {
  readonly lives: number | null;
  readonly isReplaced?: boolean;
  readonly ends?: number;
}

export interface Refused {
  readonly code: ErrorCode;
  /** The service's words, as shown. */
  readonly says?: string;
}

/** The secrets that were sent, and those that replace them. */
export const SENT = 'EXAMPLE0Zq8vN2xW7kR4tB9mHd3s';
export const NEXT = 'EXAMPLE0Pw5jC1yL6gF0uE8nXa2k';
export const ACCESS = 'EXAMPLE.Rt6_bM3~Qz9-Kv4Wn8Jx';
export const CLIENT_SECRET = 'EXAMPLE0Gs7hD2qT5cV9iO1zYl4p';

/** Marks a source that was not read: the answer is from memory of the vendor's documentation. */
export const unread = (source: string): string => `${source} (from memory, not looked up)`;
/** Marks a source that was read and shows the fields and the statuses, but not the words. */
export const fields = (source: string): string => `${source} (shows the fields; the words are from memory)`;
/** Marks an answer that public code and logs of others quote; the vendor's page does not show it or was not read. */
export const quoted = (source: string): string => `${source} (as public code and logs quote the answer)`;

const html = { 'content-type': 'text/html' };
const text = { 'content-type': 'text/plain;charset=UTF-8' };
const lives = (seconds: number | null, more: Omit<Gives, 'lives'> = {}): Gives => ({ lives: seconds, ...more });
const refused = (code: ErrorCode, says?: string): Refused => ({ code, ...(says !== undefined && { says }) });
const bearer = (seconds?: unknown, more: object = {}): object => ({
  access_token: ACCESS,
  token_type: 'Bearer',
  ...(seconds !== undefined && { expires_in: seconds }),
  ...more,
});
const page = (title: string): string =>
  `<html>\r\n<head><title>${title}</title></head>\r\n<body><h1>${title}</h1></body>\r\n</html>`;

const VCD_DOCS =
  'https://docs.vmware.com/en/VMware-Cloud-Director/10.3/VMware-Cloud-Director-Tenant-Portal-Guide/GUID-A1B3B2FA-7B2C-4EE1-9D1B-188BE703EEDE.html';
const VCD_ERRORS = 'https://developer.broadcom.com/xapis/vmware-cloud-director-openapi/39.1/data-structures/Error/';
const vcdError = (minorErrorCode: string, message: string): object => ({ minorErrorCode, message, stackTrace: null });
const vcdXml = (status: number, minor: string, message: string): string =>
  `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<Error xmlns="http://www.vmware.com/vcloud/v1.5" stackTrace="" majorErrorCode="${status}" message="${message}" minorErrorCode="${minor}"></Error>`;
const oauthError = (error: string, description: string): object => ({ error, error_description: description });
const xml = { 'content-type': 'application/vnd.vmware.vcloud.error+xml;version=36.3' };

export const CLOUD_DIRECTOR: readonly Answer[] = [
  {
    service: 'a user token',
    source: unread(VCD_DOCS),
    status: 200,
    body: bearer(2_592_000, { refresh_token: null }),
    read: lives(2_592_000),
  },
  {
    service: 'an organization of VCF Automation',
    source: quoted('https://github.com/vmware/terraform-provider-vra/blob/main/docs/get_token.sh'),
    status: 200,
    body: bearer(3600, { refresh_token: SENT }),
    read: lives(3600),
  },
  {
    service: 'a service account, which gets another token each time',
    source: unread('https://blogs.vmware.com/cloudprovider/2022/07/cloud-director-service-accounts.html'),
    status: 200,
    body: bearer(3600, { refresh_token: NEXT }),
    read: lives(3600, { isReplaced: true }),
  },
  {
    service: 'a refresh token of another organization',
    source: 'https://github.com/vmware/terraform-provider-vcd/issues/905',
    status: 400,
    body: vcdError('invalid_grant', '[ 0f7e1c1e-0000-4000-8000-000000000001 ] Invalid refresh token'),
    read: refused('api-token-refused', 'Invalid refresh token'),
  },
  {
    service: 'an organization of VCF Automation, its refresh token revoked',
    source: quoted(VCD_ERRORS),
    status: 400,
    body: vcdError('invalid_grant', 'Invalid refresh token'),
    read: refused('api-token-refused', 'Invalid refresh token'),
  },
  {
    service: 'a refresh token, echoed',
    source: fields(VCD_ERRORS),
    status: 400,
    body: vcdError('invalid_grant', `Invalid refresh token: ${SENT}`),
    read: refused('api-token-refused', 'Invalid refresh token: …'),
  },
  {
    service: 'a version that is not supported, JSON',
    source: unread('https://github.com/vmware/go-vcloud-director/pull/536'),
    status: 406,
    body: vcdError(
      'NOT_ACCEPTABLE',
      'The request has invalid accept header: Invalid API version requested. Supported API versions are: [37.0.0-alpha, 36.3]',
    ),
    read: refused('request-refused', 'The request has invalid accept header'),
  },
  {
    service: 'a version that is not supported, XML',
    source: unread('https://github.com/vmware/go-vcloud-director/issues/477'),
    status: 406,
    headers: xml,
    body: vcdXml(406, 'NOT_ACCEPTABLE', 'The request has invalid accept header: Invalid API version requested.'),
    read: refused('request-refused', 'The request has invalid accept header'),
  },
  {
    service: 'somebody without the right, XML',
    source: unread('https://github.com/astratto/knife-vcloud/issues/7'),
    status: 403,
    headers: xml,
    body: vcdXml(403, 'ACCESS_TO_RESOURCE_IS_FORBIDDEN', 'Access is forbidden'),
    read: refused('forbidden', 'Access is forbidden'),
  },
  {
    service: 'somebody without the right, JSON',
    source: fields(VCD_ERRORS),
    status: 403,
    body: vcdError('ACCESS_TO_RESOURCE_IS_FORBIDDEN', '[ 0f7e1c1e-0000-4000-8000-000000000001 ] Access is forbidden'),
    read: refused('forbidden', 'Access is forbidden'),
  },
  {
    service: '401 without a body',
    source: unread(VCD_ERRORS),
    status: 401,
    body: '',
    headers: text,
    read: refused('api-token-refused'),
  },
  {
    service: 'a parameter that is missing',
    source: fields(VCD_ERRORS),
    status: 400,
    body: vcdError('BAD_REQUEST', 'Required parameter grant_type is missing'),
    read: refused('request-refused', 'Required parameter grant_type is missing'),
  },
  {
    service: 'a failure of its own',
    source: fields(VCD_ERRORS),
    status: 500,
    body: vcdError('INTERNAL_SERVER_ERROR', '[ 0f7e1c1e-0000-4000-8000-000000000001 ] Internal error'),
    read: refused('service-failed', 'Internal error'),
  },
  {
    service: 'a cell behind nginx that is down',
    source: unread('https://nginx.org/en/docs/http/ngx_http_proxy_module.html'),
    status: 502,
    headers: html,
    body: page('502 Bad Gateway'),
    read: refused('service-failed'),
  },
  {
    service: 'HAProxy without a cell',
    source: unread('https://docs.haproxy.org/2.8/configuration.html#1.3.1'),
    status: 503,
    headers: html,
    body: page('503 Service Unavailable'),
    read: refused('service-failed'),
  },
  {
    service: 'HAProxy that waited for the request',
    source: unread('https://docs.haproxy.org/2.8/configuration.html#1.3.1'),
    status: 408,
    headers: text,
    body: '408 Request Time-out',
    read: refused('service-failed'),
  },
  {
    service: 'an NSX load balancer that refuses the address',
    source: unread('https://github.com/vmware/terraform-provider-vcd/issues/839'),
    status: 403,
    headers: html,
    body: page('403 Forbidden'),
    read: refused('web-page'),
  },
  {
    service: 'Tomcat without the path',
    source: unread('https://tomcat.apache.org/tomcat-9.0-doc/'),
    status: 404,
    headers: html,
    body: page('HTTP Status 404 – Not Found'),
    read: refused('web-page'),
  },
  {
    service: 'a release without the path',
    source: unread(VCD_ERRORS),
    status: 404,
    body: '',
    headers: text,
    read: refused('not-found'),
  },
  {
    service: 'the portal in the place of the API',
    source: unread(VCD_DOCS),
    status: 200,
    headers: html,
    body: '<!doctype html><html lang="en"></html>',
    read: refused('web-page'),
  },
];

const CSP_DOCS = 'https://developer.broadcom.com/xapis/tcsp-authn/latest/csp/gateway/am/api/auth/api-tokens/authorize/post';
const CSP_MFA =
  'https://docs.vmware.com/en/VMware-Cloud-services/services/Using-VMware-Cloud-Services/GUID-38D09558-D468-4A21-95BD-581940119FA7.html';
const CSP_ERROR = 'https://developer.broadcom.com/xapis/tcsp-authn/latest/data-structures/CspErrorResponse/';
const CSP_ANSWERS =
  'https://github.com/vmware-labs/vmware-image-builder-action/blob/880264ec796f9c5d76cd03643d6be3eb63a9b608/__tests__/csp.test.ts';
const cspError = (statusCode: number, cspErrorCode: string, message: string): object => ({
  ...{ metadata: null, traceId: '0f7e1c1e00000000', cspErrorCode, message, statusCode, moduleCode: 540 },
  requestId: '0f7e1c1e-0000-4000-8000-000000000001',
});

export const CLOUD_SERVICES: readonly Answer[] = [
  {
    service: 'an API token, echoed',
    source: CSP_ANSWERS,
    status: 200,
    body: {
      id_token: 'eyJ.EXAMPLE.id',
      token_type: 'bearer',
      expires_in: 1799,
      scope: '*',
      access_token: ACCESS,
      refresh_token: SENT,
    },
    read: lives(1799),
  },
  {
    service: 'a token without its type',
    source: fields(CSP_DOCS),
    status: 200,
    body: { access_token: ACCESS, expires_in: 1799 },
    read: lives(1799),
  },
  {
    service: 'a token that is unknown',
    source: 'https://github.com/vmware/terraform-provider-nsxt/issues/581',
    status: 400,
    body: { moduleCode: 340, message: `invalid_grant: Invalid refresh token: ${SENT}` },
    read: refused('api-token-refused', 'invalid_grant: Invalid refresh token: …'),
  },
  {
    service: 'a token whose ends the service shows',
    source: 'https://github.com/vmware-labs/marketplace-cli/blob/main/internal/csp/token_services_test.go',
    status: 400,
    body: { metadata: null, message: 'invalid_grant: Invalid refresh token: xxxxx-token', statusCode: 400 },
    read: refused('api-token-refused', 'invalid_grant: Invalid refresh token: xxxxx-token'),
  },
  {
    service: 'a token of nobody',
    source: CSP_ANSWERS,
    status: 404,
    body: {
      ...cspError(404, '540.120-340.800', 'invalid_grant: Invalid refresh token: xxxx...EXAMP'),
      ...{ metadata: 'knull', moduleCode: '540', requestId: '0f7e1c1e00000001' },
    },
    read: refused('api-token-refused', 'invalid_grant: Invalid refresh token: xxxx...EXAMP'),
  },
  {
    service: 'somebody who may not, without a word',
    source: 'https://github.com/vmware-tanzu/tanzu-cli/blob/main/pkg/auth/csp/csp_test.go',
    status: 403,
    body: '',
    headers: text,
    read: refused('forbidden'),
  },
  {
    service: 'somebody who may not',
    source: fields(CSP_ERROR),
    status: 403,
    body: cspError(403, 'csp.forbidden', 'Forbidden'),
    read: refused('forbidden'),
  },
  {
    service: 'too many requests',
    source: fields(CSP_ERROR),
    status: 429,
    headers: { 'retry-after': '20' },
    body: cspError(429, 'csp.rate_limit', 'Too many requests'),
    read: refused('rate-limited'),
  },
  {
    service: 'a failure of its own',
    source: fields(CSP_ERROR),
    status: 500,
    body: cspError(500, 'csp.internal', 'Internal error'),
    read: refused('service-failed', 'Internal error'),
  },
  {
    service: 'an account with a second factor',
    source: unread(CSP_MFA),
    status: 400,
    body: cspError(400, 'cgs.auth.mfa_required', 'MFA passcode is required'),
    read: refused('passcode-needed'),
  },
  {
    service: 'a console that moved',
    source: unread(CSP_DOCS),
    status: 200,
    headers: html,
    body: '<!DOCTYPE html><html></html>',
    read: refused('web-page'),
  },
  {
    service: 'a site that wants JSON',
    source: fields(
      'https://developer.broadcom.com/xapis/vm-apps-org-identity/9.1/csp/gateway/am/api/auth/api-tokens/authorize/post/',
    ),
    status: 415,
    body: {
      timestamp: '2024-01-01T00:00:00.000+00:00',
      status: 415,
      error: 'Unsupported Media Type',
      path: '/csp/gateway/am/api/auth/api-tokens/authorize',
    },
    read: refused('request-refused'),
  },
];

const IAAS = 'https://developer.broadcom.com/xapis/cloud-assembly-iaas-api/latest/iaas/api/login/post';
const IAAS_ERROR = 'https://developer.broadcom.com/xapis/vm-apps-org-provisioning-service/latest/iaas/api/login/post';
const iaasError = (statusCode: number, errorCode: number, message: string): object => ({
  ...{ message, messageId: String(errorCode), stackTrace: [], statusCode, errorCode, details: [] },
  ...{ serverErrorId: '0f7e1c1e-0000-4000-8000-000000000001', documentKind: 'ServiceErrorResponse', internalErrorCode: 0 },
});
export const ARIA_AUTOMATION: readonly Answer[] = [
  { service: 'a refresh token', source: IAAS, status: 200, body: { tokenType: 'Bearer', token: ACCESS }, read: lives(null) },
  {
    service: 'a refresh token that is unknown',
    source: fields(IAAS_ERROR),
    status: 400,
    body: iaasError(400, 10_030, 'Invalid refresh token'),
    read: refused('api-token-refused', 'Invalid refresh token'),
  },
  {
    service: 'a token of VCF Automation 9',
    source: 'https://github.com/vmware/terraform-provider-vra/issues/596',
    status: 400,
    body: '',
    headers: text,
    read: refused('request-refused'),
  },
  {
    service: 'somebody without a role',
    source: fields(IAAS_ERROR),
    status: 403,
    body: iaasError(403, 0, 'Forbidden'),
    read: refused('forbidden', 'Forbidden'),
  },
  {
    service: 'somebody without a role, without a word',
    source: IAAS,
    status: 403,
    body: '',
    headers: text,
    read: refused('forbidden'),
  },
  {
    service: 'Spring, unauthorized',
    source: unread('https://docs.spring.io/spring-boot/reference/web/servlet.html'),
    status: 401,
    body: { timestamp: '2024-01-01T00:00:00.000+00:00', path: '/iaas/api/login', status: 401, error: 'Unauthorized' },
    read: refused('api-token-refused'),
  },
  {
    service: 'an appliance that starts',
    source: unread('https://docs.vmware.com/en/vRealize-Automation/index.html'),
    status: 503,
    headers: html,
    body: page('503 Service Temporarily Unavailable'),
    read: refused('service-failed'),
  },
  {
    service: 'an appliance without its automation service',
    source: unread('https://docs.vmware.com/en/vRealize-Automation/index.html'),
    status: 404,
    headers: text,
    body: 'default backend - 404',
    read: refused('not-found'),
  },
];

const CV_RENEW = 'https://documentation.commvault.com/saas/using_refresh_tokens_to_renew_access_tokens.html';
const CVPYSDK = 'https://github.com/Commvault/cvpysdk/blob/master/cvpysdk/security/user.py';
const CVPYSDK_ACCESS = 'https://github.com/Commvault/cvpysdk/blob/master/cvpysdk/cvpysdk.py';
const CV_LOGIN = 'https://documentation.commvault.com/v11/software/rest_api_post_login.html';
const CV_SENTINEL = 'https://github.com/Azure/Azure-Sentinel/tree/master/Solutions/Commvault%20Security%20IQ';
const pair = { accessToken: ACCESS, refreshToken: NEXT };
/** When the requests of the tables were sent, epoch s. */
const NOW_S = Date.UTC(2030, 0, 1) / 1000;

export const COMMVAULT: readonly Answer[] = [
  {
    service: 'a pair',
    source: fields(CV_RENEW),
    status: 200,
    body: { ...pair, tokenExpiryTimestamp: NOW_S + 1800, renewableUntilTimestamp: NOW_S + 7_776_000 },
    read: lives(1800, { isReplaced: true, ends: 7_776_000 }),
  },
  {
    service: 'a pair of release 11.44',
    source: unread('https://documentation.commvault.com/11.44/commcell-console/using_refresh_tokens_to_renew_access_tokens.html'),
    status: 200,
    body: { ...pair, tokenExpiryTimestamp: NOW_S + 7200 },
    read: lives(7200, { isReplaced: true }),
  },
  {
    service: 'a pair with an error object that means success',
    source: CVPYSDK,
    status: 200,
    body: {
      error: { errorMessage: '', errorCode: 0 },
      tokenInfo: {
        ...{ ...pair, accessTokenId: 9, tokenName: 'ci-server', userId: 1, renewableUntilTimestamp: NOW_S + 7_776_000 },
        ...{ tokenExpiryTimestamp: NOW_S + 1800, refreshTokenExpiryTimestamp: NOW_S + 1_209_600 },
      },
    },
    read: lives(1800, { isReplaced: true, ends: 7_776_000 }),
  },
  {
    service: 'an access token whose end is not known',
    source: unread(CVPYSDK),
    status: 200,
    body: { ...pair, tokenExpiryTimestamp: 0 },
    read: lives(null, { isReplaced: true }),
  },
  {
    service: 'JSON that is cut by an ampersand',
    source: 'https://github.com/centreon/centreon-plugins/blob/develop/src/storage/commvault/commserve/restapi/custom/api.pm',
    status: 200,
    body: `{"accessToken":"${ACCESS}","refreshToken":"${NEXT}","tokenExpiryTimes}amp":1}{`,
    read: refused('not-json'),
  },
  {
    service: 'a pair that was used before',
    source: unread(CV_RENEW),
    status: 200,
    body: { errorCode: 587, errorMessage: 'Token reuse detected, the token has been purged' },
    read: refused('api-token-refused', 'Token reuse detected'),
  },
  {
    service: 'a pair that is not known',
    source: fields(CVPYSDK),
    status: 200,
    body: { errorCode: 2, errorMessage: 'Invalid access token' },
    read: refused('api-token-refused', 'Invalid access token'),
  },
  {
    service: 'an error object with status 200, as for a new pair',
    source: fields(CVPYSDK),
    status: 200,
    body: { error: { errorCode: 2, errorMessage: 'Invalid access token' } },
    read: refused('api-token-refused', 'Invalid access token'),
  },
  {
    service: 'access denied',
    source: CVPYSDK_ACCESS,
    status: 401,
    body: { errorMessage: 'Access denied', errorCode: 5 },
    read: refused('api-token-refused', 'Access denied'),
  },
  {
    service: 'errors in a list',
    source: quoted(CV_LOGIN),
    status: 401,
    body: { errList: [{ errorCode: 5, errLogMessage: 'Access denied' }] },
    read: refused('api-token-refused'),
  },
  {
    service: 'a list of errors with status 200',
    source: quoted(CV_LOGIN),
    status: 200,
    body: { errList: [{ errorCode: 5, errLogMessage: 'Access denied' }] },
    read: refused('api-token-refused', 'Access denied'),
  },
  {
    service: 'a list of errors that is empty',
    source: quoted(CV_LOGIN),
    status: 200,
    body: { ...pair, errList: [] },
    read: lives(null, { isReplaced: true }),
  },
  {
    service: 'an error as XML',
    source: fields('https://github.com/Commvault/cvpysdk'),
    status: 401,
    headers: { 'content-type': 'application/xml' },
    body: '<CVGui_GenericResp errorMessage="Access denied" errorCode="5"/>',
    read: refused('api-token-refused', 'Access denied'),
  },
  {
    service: 'a firewall',
    source: unread(CV_SENTINEL),
    status: 403,
    headers: text,
    body: 'Forbidden',
    read: refused('forbidden'),
  },
  {
    service: 'a firewall with a page',
    source: unread(CV_SENTINEL),
    status: 403,
    headers: html,
    body: page('403 Forbidden'),
    read: refused('web-page'),
  },
  {
    service: 'a release without it',
    source: unread(CV_SENTINEL),
    status: 404,
    body: { errorMessage: 'No matching URI', errorCode: 404 },
    read: refused('not-found', 'No matching URI'),
  },
  {
    service: 'maintenance',
    source: unread('https://documentation.commvault.com/11.42/software/access_tokens_for_rest_apis.html'),
    status: 200,
    headers: html,
    body: page('Command Center is being updated'),
    read: refused('web-page'),
  },
  {
    service: 'a failure of its own',
    source: unread(CVPYSDK),
    status: 500,
    body: { errorMessage: 'Internal error', errorCode: 500 },
    read: refused('service-failed', 'Internal error'),
  },
];

const VIDB = 'https://developer.broadcom.com/xapis/vmware-identity-broker/latest/acs/t/tenant/token/post';
const VIDB_TOKEN = 'https://developer.broadcom.com/xapis/vmware-identity-broker/latest/data-structures/OAuth2Token';
export const IDENTITY_SERVICES: readonly Answer[] = [
  { service: 'an API token', source: VIDB_TOKEN, status: 200, body: bearer(1800, { scope: 'openid' }), read: lives(1800) },
  { service: 'a life that is not known', source: VIDB_TOKEN, status: 200, body: bearer(-1), read: lives(null) },
  { service: 'a life that is over', source: VIDB_TOKEN, status: 200, body: bearer(0), read: refused('already-expired') },
  {
    service: 'a token that is dead',
    source: fields(VIDB),
    status: 400,
    body: oauthError('invalid_grant', 'The API token is invalid or has expired'),
    read: refused('api-token-refused', 'The API token is invalid or has expired'),
  },
  {
    service: 'a grant of a later release',
    source: fields(VIDB),
    status: 400,
    body: oauthError('unsupported_grant_type', 'Unsupported grant type'),
    read: refused('request-refused'),
  },
  {
    service: 'a client that may not',
    source: fields(VIDB),
    status: 401,
    body: { error: 'unauthorized_client' },
    read: refused('client-refused'),
  },
  {
    service: 'errors of vIDM',
    source: unread('https://developer.omnissa.com/workspace-one-access-apis/'),
    status: 401,
    body: { errors: [{ code: 'unauthorized', message: 'Not authorized.', parameters: {} }] },
    read: refused('api-token-refused', 'Not authorized.'),
  },
  {
    service: 'a tenant that is not there',
    source: unread(VIDB),
    status: 404,
    body: { errors: [{ code: 'tenant.not.found', message: 'Tenant not found' }] },
    read: refused('not-found', 'Tenant not found'),
  },
  {
    service: 'a release before 9.1',
    source: unread('https://developer.broadcom.com/powercli/latest/vmware.vcf.sso/commands/new-vcfoauthsecuritycontext'),
    status: 404,
    headers: html,
    body: page('404 Not Found'),
    read: refused('web-page'),
  },
];

const BP = 'https://help.brightpattern.com/5.2:User-management-api-specification/RequestAccessToken';
const BP_ERRORS = 'https://documenter.getpostman.com/view/8336025/2sB3WmV3UC';
const BP_ROUTING = 'https://documenter.getpostman.com/view/31590362/2sA3XTfLhk';
const bpError = (errorCode: number, errorMessage: string): object => ({ errorCode, errorMessage });
export const BRIGHT_PATTERN: readonly Answer[] = [
  {
    service: 'a life in a text',
    source: BP_ROUTING,
    status: 200,
    body: bearer('3600', { scope: 'acme.brightpattern.com' }),
    read: lives(3600),
  },
  {
    service: 'what is left of a token',
    source: BP_ERRORS,
    status: 200,
    body: bearer('3480', { scope: 'acme.brightpattern.com' }),
    read: lives(3480),
  },
  {
    service: 'the comma of the documentation',
    source: BP,
    status: 200,
    body: `{ "access_token": "${ACCESS}", "token_type": "Bearer", "expires_in": "3599", }`,
    read: refused('not-json'),
  },
  {
    service: 'a secret that is wrong, a tenant that is inactive, a user who is disabled or locked out',
    source: fields(BP_ERRORS),
    status: 401,
    body: oauthError('unauthorized', 'Authentication failed'),
    read: refused('api-token-refused', 'Authentication failed'),
  },
  {
    service: 'somebody without the privilege',
    source: fields(BP_ERRORS),
    status: 403,
    body: oauthError('forbidden', 'Insufficient privileges'),
    read: refused('forbidden', 'Insufficient privileges'),
  },
  {
    service: 'a value that is not supported',
    source: BP_ERRORS,
    status: 400,
    body: oauthError('bad_request', "'expires' has unsupported value 'soon': integer is expected"),
    read: refused('request-refused', "'expires' has unsupported value 'soon': integer is expected"),
  },
  {
    service: 'a parameter that is missing',
    source: fields(BP_ERRORS),
    status: 400,
    body: oauthError('bad_request', "'scope' is missing"),
    read: refused('request-refused', "'scope' is missing"),
  },
  {
    service: 'a method that is not allowed',
    source: fields(BP_ERRORS),
    status: 405,
    body: oauthError('method_not_allowed', 'Method not allowed'),
    read: refused('request-refused', 'Method not allowed'),
  },
  {
    service: 'Task Routing, unauthorized',
    source: BP_ROUTING,
    status: 401,
    body: bpError(1, 'Authentication failed'),
    read: refused('api-token-refused', 'Authentication failed'),
  },
  {
    service: 'Task Routing, without the privilege',
    source: BP_ROUTING,
    status: 403,
    body: bpError(3, 'Privilege not granted'),
    read: refused('forbidden', 'Privilege not granted'),
  },
  {
    service: 'Task Routing, a parameter that is missing',
    source: BP_ROUTING,
    status: 400,
    body: bpError(4, 'Missing parameter(s) scope'),
    read: refused('request-refused', 'Missing parameter(s) scope'),
  },
  {
    service: 'no servers',
    source: BP_ROUTING,
    status: 502,
    body: bpError(11, 'No servers available'),
    read: refused('service-failed', 'No servers available'),
  },
  {
    service: 'too many requests',
    source: BP_ROUTING,
    status: 429,
    body: bpError(12, 'API limit exceeded'),
    read: refused('rate-limited', 'API limit exceeded'),
  },
  {
    service: 'a failure of its own',
    source: BP_ROUTING,
    status: 500,
    body: bpError(13, 'Internal server error'),
    read: refused('service-failed', 'Internal server error'),
  },
  {
    service: 'a feature that the tenant has not',
    source: BP_ROUTING,
    status: 403,
    body: bpError(14, 'Feature not enabled'),
    read: refused('forbidden', 'Feature not enabled'),
  },
];
