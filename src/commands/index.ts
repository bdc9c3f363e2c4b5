import * as vscode from 'vscode';
import { AppError } from '../base/errors.js';
import { addTenant } from './tenants/addTenant.js';
import { addToken } from './tokens/addToken.js';
import { allowHost } from './requests/allowHost.js';
import { allowReferences } from './access/allowReferences.js';
import type { AccessTokens, Command, Services, Target } from './command.js';
import { confirmAddress } from './tokens/confirmAddress.js';
import { copyAccessToken } from './access/copyAccessToken.js';
import { copyAs } from './access/copyAs.js';
import { copyHeaders } from './access/copyHeaders.js';
import { createToken } from './service/createToken.js';
import { editTenant } from './tenants/editTenant.js';
import { enterEnd } from './tokens/setExpiry.js';
import { exchange } from './access/exchange.js';
import { fetchDetails } from './service/fetchDetails.js';
import { findTenant } from './tenants/findTenant.js';
import { findTokens } from './leaks/findTokens.js';
import type { CommandId } from './ids.js';
import { insertHeaders, insertHeadersInFile, insertReference } from './requests/insertHeaders.js';
import { listTokens } from './service/listTokens.js';
import { newRequest } from './requests/newRequest.js';
import { openPortal } from './service/openPortal.js';
import { openTenantSettings } from './tenants/openTenantSettings.js';
import { regenerateToken } from './service/regenerateToken.js';
import { removeAllData } from './removeAllData.js';
import { removeTenant } from './tenants/removeTenant.js';
import { removeToken } from './tokens/removeToken.js';
import { renameToken } from './tokens/renameToken.js';
import { replaceToken } from './tokens/replaceToken.js';
import { revokeToken } from './service/revokeToken.js';
import { scrubHistory } from './leaks/scrubHistory.js';
import { showActions } from './showActions.js';
import { groupByPlatform, showAsList } from './grouping.js';
import { copyGatewayUrl, openTerminal, showGatewayRequests, startGateway, stopGateway } from './gateway/gateway.js';
import { showDetails } from './showDetails.js';
import { showExchangeTrace } from './access/showExchangeTrace.js';
import { startSandbox, stopSandbox } from './sandbox.js';
import { showLog, showTimeline } from './views.js';
import { showError } from './showError.js';
import { testTenant } from './tenants/testTenant.js';
import { trustCertificate } from './tenants/trustCertificate.js';
import { tryRequest } from './requests/tryRequest.js';
import { updateHeaders } from './requests/updateHeaders.js';
import { updateToken } from './service/updateToken.js';
import { useToken } from './tokens/useToken.js';

/** A command that exchanges API tokens. */
interface Exchanging {
  readonly run: Command<Services & AccessTokens>;
  /** It hands the access token out: to a file, the clipboard, the environment of REST Client or a service. */
  readonly handsOut: boolean;
}

const exchanges = (run: Exchanging['run']): Exchanging => ({ run, handsOut: false });
const handsOut = (run: Exchanging['run']): Exchanging => ({ run, handsOut: true });

/** All commands; a test compares the manifest with this table. Only those that it marks get access tokens. */
export const commands = {
  addTenant: exchanges(addTenant),
  findTenant,
  editTenant,
  removeTenant,
  testTenant: exchanges(testTenant),
  trustCertificate,
  addToken: exchanges(addToken),
  createToken: exchanges(createToken),
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
  exchange: exchanges(exchange),
  useToken: exchanges(useToken),
  insertHeaders: handsOut(insertHeaders),
  insertHeadersInFile: handsOut(insertHeadersInFile),
  insertReference: handsOut(insertReference),
  updateHeaders: handsOut(updateHeaders),
  newRequest: handsOut(newRequest),
  tryRequest: handsOut(tryRequest),
  allowReferences,
  allowHost,
  copyHeaders: handsOut(copyHeaders),
  copyAccessToken: handsOut(copyAccessToken),
  copyCurl: handsOut(copyAs),
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
  startGateway,
  stopGateway,
  copyGatewayUrl: handsOut(copyGatewayUrl),
  openTerminal: handsOut(openTerminal),
  showGatewayRequests,
  showExchangeTrace,
  showLog,
  removeAllData,
} as const satisfies Record<CommandId, Command | Exchanging>;

/** Commands that take the selected row if they run from the palette. What is inserted depends on the request instead. */
const OF_ROWS: ReadonlySet<CommandId> = new Set<CommandId>([
  'editTenant',
  'removeTenant',
  'testTenant',
  'trustCertificate',
  'addToken',
  'createToken',
  'replaceToken',
  'renameToken',
  'removeToken',
  'regenerateToken',
  'updateToken',
  'revokeToken',
  'listTokens',
  'fetchDetails',
  'enterEnd',
  'confirmAddress',
  'exchange',
  'useToken',
  'copyHeaders',
  'copyAccessToken',
  'copyCurl',
  'openPortal',
  'openTenantSettings',
  'showDetails',
  'showExchangeTrace',
]);

/** Runs a command and shows its AppError. @throws any other error */
export async function runCommand(services: Services & AccessTokens, id: CommandId, argument: unknown): Promise<void> {
  const isFromPalette = argument === undefined && OF_ROWS.has(id);
  const target = readTarget(isFromPalette ? services.tree.selected : argument);
  try {
    const command: Command | Exchanging = commands[id];
    if (typeof command === 'function') {
      await command(services, target);
    } else {
      if (command.handsOut) requireFocus();
      await command.run(services, target);
    }
  } catch (error) {
    await showError(services, target, error);
  }
}

/** Any extension may run our commands, so a token is exchanged and handed out only in a focused window. */
function requireFocus(): void {
  if (!vscode.window.state.focused) throw new AppError('not-focused');
}

/** Reads the ids and the place only, and ignores the rest of the argument. */
function readTarget(argument: unknown): Target {
  if (typeof argument !== 'object' || argument === null) return {};
  const { tenant, token, remote, entry, document, line } = argument as Readonly<Record<keyof Target, unknown>>;
  return {
    ...(typeof tenant === 'string' && { tenant }),
    ...(typeof token === 'string' && { token }),
    ...(typeof remote === 'string' && { remote }),
    ...(typeof entry === 'number' && entry >= 0 && { entry }),
    ...(typeof document === 'string' && { document }),
    ...(typeof line === 'number' && line >= 0 && { line }),
  };
}
