/** Bundled with a stand-in for the editor: the command *Insert Headers* and what follows an edit, as they run in the extension. */
import * as vscode from 'vscode';
import type { Target } from '../../../src/commands/command.js';
import type { InsertsHeaders } from '../../../src/commands/requests/insertion.js';
import { DocumentConsents } from '../../../src/commands/requests/documentConsents.js';
import { insertHeaders } from '../../../src/commands/requests/insertHeaders.js';
import { Dialects } from '../../../src/editor/references/clients.js';
import { followEdits, linesOf } from '../../../src/editor/document.js';
import { findCredentials, type KnownCredentials, type Credential } from '../../../src/editor/credentials.js';
import { HostConsents } from '../../../src/tenants/hostConsents.js';
import { ProductionConsents } from '../../../src/tenants/productionConsents.js';
import { Tenants } from '../../../src/tenants/tenants.js';
import type { Prompter } from '../../../src/views/prompter.js';
import type { FakeDocument } from '../../support/document.js';
import { HOST } from './requests.js';

const TENANT = { id: 'acme', name: 'Acme', platform: 'cloud-director', url: `https://${HOST}`, organization: 'acme' };
const TOKEN = { id: 'laptop', tenant: TENANT.id, name: 'Laptop' };

/** Nobody is there to be asked. */
const PROMPTER = {
  done: () => undefined,
  progress: <T>(_: string, work: (signal: AbortSignal) => Promise<T>) => work(new AbortController().signal),
} as unknown as Prompter;

/** A window in which the document is edited. The token is at hand: no exchange is measured, and nobody is asked. */
export class Window {
  readonly #editor: vscode.TextEditor & { readonly document: FakeDocument; readonly submittedAt: number };
  readonly #known: KnownCredentials & { readonly dialects: Dialects };
  readonly #services: InsertsHeaders;
  readonly #subscription = followEdits();
  #count = 0;

  /** @param answers to the questions that are asked on the way */
  constructor(document: FakeDocument, answers: Partial<Prompter> = {}) {
    const prompter = { ...PROMPTER, ...answers };
    void vscode.window.showTextDocument(document as never);
    this.#editor = vscode.window.activeTextEditor as never;
    const tenants = new Tenants(() => [TENANT]);
    const dialects = new Dialects({ get: () => undefined, keys: () => [], update: () => Promise.resolve() }, prompter);
    const names = {
      nameOf: (id: string) => (id === TOKEN.id ? 'TENANT_TOKEN_ACME' : undefined),
      find: (name: string) => (name === 'TENANT_TOKEN_ACME' ? { tenant: tenants.all[0]!, token: TOKEN } : undefined),
    };
    this.#known = { tenants, names, issued: { find: () => undefined }, dialects } as never;
    const access = () => Promise.resolve({ token: `EXAMPLE-access-token-${this.#count++}`, exchangedAt: 0, expiresAt: null });
    this.#services = {
      prompter,
      tenants,
      dialects,
      names,
      vault: { of: () => [TOKEN], find: () => TOKEN },
      broker: { access, headers: (...[, , token]: string[]) => [{ name: 'Authorization', value: `Bearer ${token}` }] },
      active: { id: TOKEN.id, set: () => Promise.resolve() },
      refresher: { used: () => undefined },
      history: { add: () => undefined },
      consents: new HostConsents(),
      production: new ProductionConsents(),
      documents: new DocumentConsents(),
    } as unknown as InsertsHeaders;
  }

  /** @returns how long it took from the command to the edit, ms */
  async insertAt(line: number, target: Target = {}): Promise<number> {
    this.#editor.selections = [new vscode.Selection(line, 0, line, 0)];
    const begun = performance.now();
    await insertHeaders(this.#services, target);
    return this.#editor.submittedAt - begun;
  }

  /** Types a character at the start of a line. */
  async type(line: number): Promise<void> {
    await this.#editor.edit((builder) => builder.replace(new vscode.Range(line, 0, line, 0), ' '));
  }

  /** What lenses, hovers and problems are made of, in one piece. */
  recognize(document: FakeDocument = this.#editor.document): readonly Credential[] {
    return findCredentials(linesOf(document as never), this.#known.dialects.current, false, this.#known);
  }

  dispose(): void {
    this.#subscription.dispose();
  }
}
