import * as vscode from 'vscode';
import { findRequest, sameReading, type Dialect, type FindOptions, type Lines } from '../../httpFile/index.js';
import { settings } from '../../settings.js';
import type { Choice, Prompter } from '../../views/prompter.js';
import { answered } from '../../views/prompts.js';

export const HTTP_YAC = 'anweber.vscode-httpyac';
export const REST_CLIENT = 'humao.rest-client';

/** Whether an extension runs in this extension host; those in other hosts are neither visible nor reachable. */
const isHere = (id: string): boolean => vscode.extensions.getExtension(id) !== undefined;

/** The HTTP clients in this extension host that can resolve references. */
export function clientsHere(): { readonly httpYac: boolean; readonly restClient: boolean } {
  return { httpYac: isHere(HTTP_YAC), restClient: isHere(REST_CLIENT) };
}

/** The dialects of these clients. */
export function dialectsHere(): readonly Dialect[] {
  const { httpYac, restClient } = clientsHere();
  return [...(httpYac ? ['httpyac' as const] : []), ...(restClient ? ['rest-client' as const] : [])];
}

const KEY = 'dialect';

/** Decides which client's reading of a file counts: as set, as chosen in this workspace, or that of the installed client. */
export class Dialects {
  readonly #memento: vscode.Memento;
  readonly #prompter: Prompter;

  constructor(workspaceState: vscode.Memento, prompter: Prompter) {
    this.#memento = workspaceState;
    this.#prompter = prompter;
  }

  /** httpYac reads what REST Client does, and more; so it stands for both, and is the default without a client. */
  get current(): Dialect {
    const { httpYac, restClient } = clientsHere();
    return this.#settled ?? (restClient && !httpYac ? 'rest-client' : 'httpyac');
  }

  /**
   * The dialect to edit with. If both clients are installed and read the request at a cursor differently, the person chooses one,
   * once for the workspace.
   * @returns undefined when the person cancelled
   */
  async settle(lines: Lines, cursors: readonly number[], options: FindOptions): Promise<Dialect | undefined> {
    const { httpYac, restClient } = clientsHere();
    if (this.#settled || !httpYac || !restClient) return this.current;
    const read = (dialect: Dialect, line: number) => findRequest(lines, line, dialect, options);
    if (cursors.every((line) => sameReading(read('httpyac', line), read('rest-client', line)))) return this.current;
    const choices: Choice<Dialect>[] = [
      { label: 'httpYac', value: 'httpyac' },
      { label: 'REST Client', value: 'rest-client' },
    ];
    const answer = this.#prompter.choice({
      title: vscode.l10n.t('Insert Headers'),
      placeholder: vscode.l10n.t('The two clients read this request differently. Which one will send it?'),
      choices,
    });
    const dialect = await answered(answer);
    if (dialect !== undefined) await this.#memento.update(KEY, dialect);
    return dialect;
  }

  get #settled(): Dialect | undefined {
    const answered = this.#memento.get<unknown>(KEY);
    return settings.httpClient() ?? (answered === 'httpyac' || answered === 'rest-client' ? answered : undefined);
  }
}
