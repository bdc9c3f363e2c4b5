import * as vscode from 'vscode';
import { AppError } from '../errors.js';
import { addTenant } from './addTenant.js';
import { addToken } from './addToken.js';
import { allowHost } from './allowHost.js';
import { allowReferences } from './allowReferences.js';
import type { Command, Services, Target } from './command.js';
import { confirmAddress } from './confirmAddress.js';
import { copyAccessToken } from './copyAccessToken.js';
import { copyCurl } from './copyCurl.js';
import { copyHeaders } from './copyHeaders.js';
import { createToken } from './createToken.js';
import { editTenant } from './editTenant.js';
import { enterEnd } from './enterEnd.js';
import { exchange } from './exchange.js';
import { fetchDetails } from './fetchDetails.js';
import { findTokens } from './findTokens.js';
import type { CommandId } from './ids.js';
import { insertHeaders } from './insertHeaders.js';
import { insertHeadersInFile } from './insertHeadersInFile.js';
import { insertReference } from './insertReference.js';
import { listTokens } from './listTokens.js';
import { newRequest } from './newRequest.js';
import { openPortal } from './openPortal.js';
import { openTenantSettings } from './openTenantSettings.js';
import { regenerateToken } from './regenerateToken.js';
import { removeAllData } from './removeAllData.js';
import { removeTenant } from './removeTenant.js';
import { removeToken } from './removeToken.js';
import { renameToken } from './renameToken.js';
import { replaceToken } from './replaceToken.js';
import { revokeToken } from './revokeToken.js';
import { scrubHistory } from './scrubHistory.js';
import { showActions } from './showActions.js';
import { groupByPlatform, showAsList } from './grouping.js';
import { showDetails } from './showDetails.js';
import { showExchangeTrace } from './showExchangeTrace.js';
import { showLog } from './showLog.js';
import { showTimeline } from './showTimeline.js';
import { startSandbox } from './startSandbox.js';
import { stopSandbox } from './stopSandbox.js';
import { tellError } from './tellError.js';
import { testTenant } from './testTenant.js';
import { trustCertificate } from './trustCertificate.js';
import { updateHeaders } from './updateHeaders.js';
import { updateToken } from './updateToken.js';
import { useToken } from './useToken.js';

/** All that a person can do; the manifest is held to this table. */
export const commands = {
  addTenant,
  editTenant,
  removeTenant,
  testTenant,
  trustCertificate,
  addToken,
  createToken,
  replaceToken,
  renameToken,
  removeToken,
  regenerateToken,
  updateToken,
  revokeToken,
  listTokens,
  fetchDetails,
  enterEnd,
  confirmAddress,
  exchange,
  useToken,
  insertHeaders,
  insertHeadersInFile,
  insertReference,
  updateHeaders,
  newRequest,
  allowReferences,
  allowHost,
  copyHeaders,
  copyAccessToken,
  copyCurl,
  findTokens,
  scrubHistory,
  openPortal,
  openTenantSettings,
  showActions,
  showDetails,
  showTimeline,
  groupByPlatform,
  showAsList,
  startSandbox,
  stopSandbox,
  showExchangeTrace,
  showLog,
  removeAllData,
} as const satisfies Record<CommandId, Command>;

/** Commands that hand an access token out: into a file, the clipboard or the environment of REST Client. */
const HANDS_OUT: ReadonlySet<CommandId> = new Set<CommandId>([
  'insertHeaders',
  'insertHeadersInFile',
  'insertReference',
  'updateHeaders',
  'newRequest',
  'copyHeaders',
  'copyAccessToken',
  'copyCurl',
]);

/** Does what a person asked for, and tells them what kept it from being done. @throws what is no AppError */
export async function runCommand(services: Services, id: CommandId, argument: unknown): Promise<void> {
  const target = readTarget(argument);
  try {
    if (HANDS_OUT.has(id)) requireFocus();
    await commands[id](services, target);
  } catch (error) {
    await tellError(services, target, error);
  }
}

/** Any extension may run our commands, and only a person who is here may get a token: before anything is exchanged for it. */
function requireFocus(): void {
  if (!vscode.window.state.focused) throw new AppError('not-focused');
}

/** Ids only: whatever else an argument holds is not looked at. */
function readTarget(argument: unknown): Target {
  if (typeof argument !== 'object' || argument === null) return {};
  const { tenant, token, remote } = argument as { tenant?: unknown; token?: unknown; remote?: unknown };
  return {
    ...(typeof tenant === 'string' && { tenant }),
    ...(typeof token === 'string' && { token }),
    ...(typeof remote === 'string' && { remote }),
  };
}
