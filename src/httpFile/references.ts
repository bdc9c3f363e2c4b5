/** A `{{…}}` in a text, with the offsets of its braces and what stands between them. */
export interface Placeholder {
  readonly start: number;
  readonly end: number;
  readonly expression: string;
}

/** Every `{{…}}` of one line. Searches by index: a regular expression is quadratic on a line of opening braces. */
export function placeholders(text: string): Placeholder[] {
  const found: Placeholder[] = [];
  for (let start = text.indexOf('{{'); start >= 0;) {
    const close = text.indexOf('}}', start + 2);
    if (close < 0) break;
    const end = close + 2;
    found.push({ start, end, expression: text.slice(start + 2, close).trim() });
    start = text.indexOf('{{', end);
  }
  return found;
}

/** True for the references of this extension, which it may replace without asking. */
export const isOwnReference = ({ expression }: Placeholder): boolean =>
  /^\$(processEnv\s+TENANT_TOKEN_\w+|tenantToken\s+\S+)$/.test(expression);
