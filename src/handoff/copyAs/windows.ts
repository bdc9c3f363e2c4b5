/**
 * Quotes one argument for the C runtime, which treats backslashes as escapes only before a quote.
 * @see https://learn.microsoft.com/cpp/c-language/parsing-c-command-line-arguments
 */
export const quotedForRuntime = (text: string): string => `"${text.replaceAll(/(\\*)("|$)/g, doubled)}"`;

const doubled = (_: string, backslashes: string, quote: string): string => backslashes.repeat(2) + (quote && '\\"');
