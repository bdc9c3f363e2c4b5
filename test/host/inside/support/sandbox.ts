import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { readdir, readFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import path from 'node:path';
import * as vscode from 'vscode';
import { closeEditors } from './documents.js';

/** It has one API token, and its host no other tenant: nothing is asked. */
export const CONTACT = 'sandbox-bright-pattern';
export const ACME = 'sandbox-cloud-director';
/** At the same host as {@link ACME}, with one API token. */
export const PROVIDER = 'sandbox-cloud-director-system';
/** At the same host as {@link METERING}. */
export const BILLING = 'sandbox-oauth2';
export const METERING = 'sandbox-oauth2-client';
const TOKEN_PATH = '/configapi/v2/oauth/token';

export interface InsideSandbox {
  /** Scheme, host and port of a tenant's service. */
  origin(tenant: string): string;
  /**
   * What the service of {@link CONTACT} answers to exchanges from now on, in place of its own words; undefined: those again.
   * A promise keeps it silent until it is settled.
   */
  answer: unknown;
  /** How many exchanges the service of {@link CONTACT} was asked for. */
  readonly exchanges: number;
}

/**
 * The extension's sandbox, for the tests of a suite. Its services run in this process, as the extension does: what one of them
 * answers can be changed on its way out.
 */
export function useSandbox(): InsideSandbox {
  const origins = new Map<string, string>();
  const sandbox = { answer: undefined as unknown, exchanges: 0, origin: (tenant: string) => origins.get(tenant)! };

  const changeAnswer = (message: unknown): void => {
    const { request, response } = message as { request: IncomingMessage; response: ServerResponse };
    if (request.url !== TOKEN_PATH) return;
    sandbox.exchanges += 1;
    const end = response.end.bind(response) as (body: string) => void;
    const answer = sandbox.answer;
    const endChanged = (body: string): void =>
      void Promise.resolve(answer).then((changed) => end(changed === undefined ? body : JSON.stringify(changed)));
    Object.assign(response, { end: endChanged });
  };

  before(async () => {
    await vscode.commands.executeCommand('tenantTokens.startSandbox');
    const [first] = vscode.workspace.textDocuments.filter(({ languageId }) => languageId === 'http');
    const folder = path.dirname(first!.uri.fsPath);
    for (const file of await readdir(folder)) {
      const sample = await readFile(path.join(folder, file), 'utf8');
      origins.set(path.parse(file).name, /^GET (http:\/\/[^/]+)/m.exec(sample)?.[1] ?? '');
    }
    await closeEditors();
    subscribe('http.server.request.start', changeAnswer);
  });
  after(async () => {
    unsubscribe('http.server.request.start', changeAnswer);
    await closeEditors();
    await vscode.commands.executeCommand('tenantTokens.stopSandbox');
  });
  afterEach(() => {
    sandbox.answer = undefined;
  });
  return sandbox;
}

/** Exchanges the API token of a tenant that has one. */
export const exchange = async (tenant: string): Promise<void> => {
  await vscode.commands.executeCommand('tenantTokens.exchange', { tenant });
};

/** From now on the service of {@link CONTACT} gives this access token. */
export const giving = (sandbox: InsideSandbox, token: string, seconds = 600): void => {
  sandbox.answer = { access_token: token, token_type: 'Bearer', expires_in: seconds };
};
