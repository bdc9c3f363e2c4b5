import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import type { Frame } from 'playwright-core';
import { until } from '../../workbench/until.js';

/** After it, a frame that was asked has gone, and a look at the page finds another one. */
export const FRAME_LIMIT_MS = 2_000;
/**
 * Not `frame.content()`: who looks into a frame before its page has come, as only a busy machine gives time for, gets the empty
 * document of that moment ever after. The page is there, and shown.
 */
const HTML = "'<!doctype html>' + document.documentElement.outerHTML";
const AXE = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');

interface Result {
  readonly violations: readonly { readonly id: string; readonly nodes: readonly { readonly html: string }[] }[];
}

/**
 * What axe-core finds wrong with the page of a webview: rules, with the elements that break them. A copy is looked at, of the
 * same document, size and variables of the theme: where scripts are off, so are the timers that it needs.
 */
export async function violationsIn(find: () => Promise<Frame>): Promise<string[]> {
  const { frame, content } = await drawn(find);
  const copy = await frame.page().context().newPage();
  try {
    const size = await frame.evaluate<{ width: number; height: number }>('({ width: innerWidth, height: innerHeight })');
    await copy.setViewportSize(size);
    await copy.setContent(content);
    // The page's policy lets no style attribute through; VS Code sets its variables by script too.
    const variables = await frame.evaluate<string>('document.documentElement.style.cssText');
    await copy.evaluate(`document.documentElement.style.cssText = ${JSON.stringify(variables)}`);
    await copy.evaluate(AXE);
    const { violations } = await copy.evaluate<Result>('axe.run(document)');
    return violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`));
  } finally {
    await copy.close();
  }
}

/** A page that is drawn again, for another theme or after it was hidden, is empty for a moment, or has another frame. */
export function drawn(find: () => Promise<Frame>): Promise<{ frame: Frame; content: string }> {
  let seen = '';
  const look = async () => {
    const frame = await find();
    const content = await Promise.race([frame.evaluate<string>(HTML), delay(FRAME_LIMIT_MS, 'no answer')]).catch(String);
    seen = content.slice(0, 500);
    return /<h1[^]*<\/html>/.test(content) && { frame, content };
  };
  return until('the whole page', look, { seen: () => seen });
}
