import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { attacksOn, stepsOf } from '../support/regexSteps.js';

const SIZE = 400;
/** Ten times the text takes ten times the steps if the cost is linear, and a hundred times if it is quadratic. */
const MOST = 15;
/** This many steps per character count as linear. */
const FEW = 4;

const SOURCES = [
  ...['platforms', 'net'].flatMap((folder) =>
    readdirSync(join(__dirname, '../../src', folder), { encoding: 'utf8', recursive: true })
      .filter((name) => name.endsWith('.ts'))
      .map((name) => `${folder}/${name}`),
  ),
  'exchange/trace.ts',
];

/** All regular expressions in a source file. */
function expressionsIn(source: string): RegExp[] {
  const text = readFileSync(join(__dirname, '../../src', source), 'utf8');
  const found: RegExp[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isRegularExpressionLiteral(node)) {
      const end = node.text.lastIndexOf('/');
      found.push(new RegExp(node.text.slice(1, end), node.text.slice(end + 1)));
    }
    assert.ok(!(ts.isNewExpression(node) && node.expression.getText() === 'RegExp'), `${source} makes an expression of texts`);
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(source, text, ts.ScriptTarget.Latest, true));
  return found;
}

/** A text whose steps grow faster than its length, if one is found. */
function blowUp(expression: RegExp): string | undefined {
  const harmless = attacksOn(expression, SIZE / 10);
  for (const hostile of attacksOn(expression, SIZE)) {
    const small = harmless.next().value ?? '';
    const few = FEW * hostile.length;
    if (stepsOf(expression, hostile, few) <= few) continue;
    const limit = few + MOST * stepsOf(expression, small, few);
    if (stepsOf(expression, hostile, limit) > limit) return JSON.stringify(hostile.slice(0, 60));
  }
  return undefined;
}

describe('regular expressions that read what a service sends', () => {
  it('are detected if their steps grow faster than the text', () => {
    for (const slow of [
      /^\s*(text\/plain)?\s*$/i,
      /\/+$/,
      /<a\b([^>]*)>\s*<b>/g,
      /"[^"\\]*(?:\\.[^"\\]*)*(?:"|\\?$)|[{}[\],]/g,
      /^(a+)+$/,
      /^(a|a)*$/,
    ])
      assert.ok(blowUp(slow), String(slow));
    for (const fast of [/^\s*<(!doctype|html)/i, /[a-z]{20,}/g, /^[^<]*>$/, /..(?=.)/g]) assert.equal(blowUp(fast), undefined);
  });

  for (const source of SOURCES)
    for (const expression of expressionsIn(source))
      it(`take steps in proportion to the text: ${source} ${String(expression)}`, () => {
        const text = blowUp(expression);
        assert.equal(text, undefined, `they grow faster for ${text ?? ''}`);
      });
});
