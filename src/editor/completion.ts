import * as vscode from 'vscode';
import { findingRequestsAt, Hosts, referenceTo, type Dialect } from '../httpFile/index.js';
import { credentialHeaders, platformOf } from '../platforms/index.js';
import type { Tenants } from '../tenants/tenants.js';
import type { Broker } from '../exchange/broker.js';
import type { ReferenceNames, Referred } from '../tokens/referenceNames.js';
import { describeStatus } from '../views/format.js';
import { isMarkdown } from './document.js';
import { readDocument } from './readings.js';
import { plainText } from './markdown.js';
import { isInScope } from './scope.js';
import { completionPlace, suggestionsFor, type CompletionPlace, type Suggestion } from './suggestions.js';
import { nameOf } from './references/referenceTexts.js';

/** The characters that open suggestions: the braces and the blank of a reference, and the end of a header name. */
export const TRIGGERS = ['{', '$', ' ', ':'] as const;

interface Model {
  readonly tenants: Tenants;
  readonly names: ReferenceNames;
  readonly broker: Broker;
  readonly dialects: { readonly current: Dialect };
}

/** Completes references, and headers with them. Uses only names and cached state. */
export class Completions implements vscode.CompletionItemProvider {
  readonly #model: Model;

  constructor(model: Model) {
    this.#model = model;
  }

  async provideCompletionItems(
    document: vscode.TextDocument,
    { line, character }: vscode.Position,
  ): Promise<vscode.CompletionItem[]> {
    const { tenants, names, dialects } = this.#model;
    const text = document.lineAt(line).text;
    const place = completionPlace(text, character, credentialHeaders(tenants.all));
    if (!place || !isInScope(document)) return [];
    const markdown = isMarkdown(document);
    const { request, host } = await readDocument(document, function* (lines) {
      const [found] = yield* findingRequestsAt(lines, [line], dialects.current, { markdown });
      return { request: found?.request, host: found?.request && (yield* new Hosts(lines).of(found.request)) };
    });
    if (place.kind === 'value' && !request?.headers.some((header) => header.line === line)) return [];
    if (markdown && !request) return [];
    const suggestions = suggestionsFor(place, names.all, host);
    const blank = text[place.start - 1] === ':' ? ' ' : '';
    return suggestions.map((suggestion, index) => this.#item(place, line, suggestion, blank, index));
  }

  #item(
    { start, end, replaceEnd }: CompletionPlace,
    line: number,
    { named, text, fits }: Suggestion,
    blank: string,
    index: number,
  ): vscode.CompletionItem {
    // Omit the common part, so that the list does not truncate the label.
    const label = text.replace(referenceTo(named.name), named.name);
    const item = new vscode.CompletionItem({ label, description: nameOf(named) }, vscode.CompletionItemKind.Variable);
    item.insertText = blank + text;
    item.range = {
      inserting: new vscode.Range(line, start, line, end),
      replacing: new vscode.Range(line, start, line, replaceEnd),
    };
    // Match both the tenant's name, which people think of, and the reference in the file.
    item.filterText = `${text} ${nameOf(named)}`;
    item.sortText = String(index).padStart(5, '0');
    item.preselect = fits && index === 0;
    item.documentation = this.#documentation(named);
    return item;
  }

  #documentation({ tenant, token }: Referred): vscode.MarkdownString {
    const status = describeStatus(this.#model.broker.status(tenant, token.id), Date.now());
    const lines = [
      `**${plainText(tenant.name)}** · ${plainText(token.name)}`,
      plainText(platformOf(tenant).label),
      plainText(status),
    ];
    return new vscode.MarkdownString(lines.join('\n\n'));
  }
}
