import { AppError } from '../../base/errors.js';
import type { HttpRequest, HttpResponse } from '../../net/http.js';
import { expiryOf, mediaTypeRemarks, readAccessToken, readAnswer, remarked } from '../tokenResponse.js';
import type { AriaAutomationTenant } from './tenant.js';
import { base } from '../fields.js';
import type { Exchanged } from '../platform.js';

export function loginUrl(tenant: AriaAutomationTenant): string {
  return `${base(tenant.url)}/iaas/api/login`;
}

/** @see https://developer.broadcom.com/xapis/cloud-assembly-iaas-api/latest/iaas/api/login/post */
export function loginRequest(tenant: AriaAutomationTenant, refreshToken: string): HttpRequest {
  return {
    method: 'POST',
    url: loginUrl(tenant),
    headers: { accept: 'application/json', 'content-type': 'application/json' },
    body: JSON.stringify({ refreshToken }),
  };
}

/**
 * Reads the access token, which is valid for eight hours by its claims.
 * @param sentAt epoch ms
 * @throws AppError of the answer codes
 */
export function readLogin(response: HttpResponse, refreshToken: string, sentAt: number): Exchanged<'apiToken'> {
  const { token, tokenType } = readAnswer(response, [refreshToken], sentAt);
  const accessToken = readAccessToken(token, [refreshToken]);
  if (typeof tokenType !== 'string' || tokenType.toLowerCase() !== 'bearer')
    throw new AppError('unexpected-answer', { reason: 'tokenType is not bearer' });
  return { accessToken, expiresAt: expiryOf(undefined, accessToken, sentAt), ...remarked(mediaTypeRemarks(response)) };
}
