/** Text that is HTML already. */
export class Html {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

export type HtmlValue = string | number | Html | readonly Html[] | false | undefined;

/** Escapes each value for text and for attributes in double quotes, unless it is {@link Html}. */
export function html(strings: TemplateStringsArray, ...values: readonly HtmlValue[]): Html {
  return new Html(String.raw({ raw: strings }, ...values.map(textOf)));
}

function textOf(value: HtmlValue): string {
  if (value === undefined || value === false) return '';
  if (value instanceof Html) return value.text;
  return typeof value === 'object' ? value.map(({ text }) => text).join('') : escaped(String(value));
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

/** Replaces control and format characters, which could reverse the text direction, with spaces. */
function escaped(text: string): string {
  return text.replaceAll(/[\p{C}\p{Z}]+/gu, ' ').replaceAll(/[&<>"']/g, (character) => ENTITIES[character] ?? '');
}

/** The target of a command in a page, a row or a hover. Ids only: they are not secret, and any extension may pass them. */
export interface LinkTarget {
  readonly tenant: string;
  /** The id of a stored API token. */
  readonly token?: string;
  /** The service's id of an API token. */
  readonly remote?: string;
}

/** The URI that runs a command of this extension. */
export function commandUri(command: string, target?: LinkTarget): string {
  return `command:${command}${target ? `?${encodeURIComponent(JSON.stringify([target]))}` : ''}`;
}

/** A link that runs a command on a token. */
export interface TokenAction {
  readonly title: string;
  readonly command: string;
}

/** The tooltip and the label for screen readers add the subject, because every row has links with the same titles. */
export function actionLink({ title, command }: TokenAction, target: LinkTarget, about: string): Html {
  const label = `${title}: ${about}`;
  return html`<li><a href="${commandUri(command, target)}" title="${label}" aria-label="${label}">${title}</a></li>`;
}

export interface Page {
  /** BCP 47. */
  readonly language: string;
  readonly title: string;
  /** Constant for the life of a panel: a new nonce would make equal content look changed. */
  readonly nonce: string;
  readonly style: string;
  readonly body: Html;
}

/**
 * A document for a webview. It runs no script, loads nothing and has only its own style (Content Security Policy Level 3).
 * Its only actions are `command:` links, which the panel allows individually.
 */
export function documentOf({ language, title, nonce, style, body }: Page): string {
  return html`<!doctype html>
    <html lang="${language}">
      <head>
        <meta charset="utf-8" />
        <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'nonce-${nonce}'" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${title}</title>
        <style nonce="${nonce}">
          ${new Html(BASE_STYLE + style)}
        </style>
      </head>
      <body>
        <main>
          <h1>${title}</h1>
          ${body}
        </main>
      </body>
    </html> `.text;
}

/**
 * The policy blocks VS Code's own stylesheet, so colours and fonts come from its variables. High contrast themes use borders
 * instead of backgrounds.
 */
const BASE_STYLE = `
* { box-sizing: border-box; }
body {
  margin: 0; padding: 0 1.5em 2em; color: var(--vscode-editor-foreground); background: var(--vscode-editor-background);
  font-family: var(--vscode-font-family); font-size: var(--vscode-font-size, 13px); line-height: 1.5;
}
h1 { font-size: 1.5em; font-weight: 600; margin: 1em 0 0.5em; overflow-wrap: anywhere; }
h2 { font-size: 1.15em; font-weight: 600; margin: 1.8em 0 0.5em; }
p { max-width: 60em; }
a { color: var(--vscode-textLink-foreground); text-decoration: underline; text-underline-offset: 0.15em; border-radius: 2px; }
a:hover { color: var(--vscode-textLink-activeForeground); }
a:focus-visible, [tabindex]:focus-visible {
  outline: 2px solid var(--vscode-contrastActiveBorder, var(--vscode-focusBorder)); outline-offset: 2px;
}
table { border-collapse: collapse; width: 100%; }
caption { text-align: start; padding: 0 0 0.75em; }
th, td { text-align: start; vertical-align: top; padding: 0.5em 0.75em; overflow-wrap: anywhere; }
th { font-weight: 600; }
thead th { border-bottom: 1px solid var(--vscode-contrastBorder, var(--vscode-editorWidget-border, currentColor)); }
tbody tr + tr > * { border-top: 1px solid var(--vscode-contrastBorder, var(--vscode-editorWidget-border, transparent)); }
.quiet { font-weight: normal; opacity: 0.85; }
.actions { display: flex; flex-wrap: wrap; gap: 0.25em 1em; list-style: none; margin: 0; padding: 0; }
`;
