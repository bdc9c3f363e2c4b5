import { splitField, type Field, type Grammar, type Role } from './grammar.js';
import { HTTP_YAC_METHODS } from './methods.js';

const FIELD = /^\s*([!#$%&'*+\-.^_`|~0-9A-Za-z]+)\s*:/;

/**
 * httpYac (AnWeber/httpyac: `parserUtils.ts`, `parseRequestClientFactory.ts`). Headers, comments and parts of the URL may
 * alternate; the first line that is neither starts the body, blank or not. Between headers a comment needs a blank after its `#`:
 * `#a` starts the body, and `#a: 1` is a header named `#a`.
 */
export const httpYac: Grammar = {
  dialect: 'httpyac',
  methods: HTTP_YAC_METHODS,
  anyCase: false,
  isSeparator: (text) => /^\s*#{3}/.test(text),
  separators: ['separator', 'indented-separator'],
  isDefinition(text) {
    const upToValue = /^\s*@(?:global\.)?([^\s=:]*)\s*:?=*\s*"?/.exec(text);
    return !!upToValue?.[1] && text.length > upToValue[0].length;
  },
  role(text): Role {
    if (/^\s*(#\s|\/\/)/.test(text)) return 'comment';
    if (FIELD.test(text)) return 'header';
    if (/^\.{3}\S+$/.test(text.trim())) return 'spread';
    return continuesUrl(text.trim()) ? 'url' : 'body';
  },
  field(text): Field | undefined {
    const field = splitField(text, FIELD);
    // httpYac drops one trailing comma.
    if (!field || field.valueStart === field.valueEnd || text[field.valueEnd - 1] !== ',') return field;
    return { ...field, valueEnd: field.valueEnd - 1 };
  },
};

function continuesUrl(text: string): boolean {
  if (text.startsWith('/')) return !text.includes('*');
  if (!text.startsWith('?') && !text.startsWith('&')) return false;
  return /^.[^(=?&]+=/.test(text) || (text.startsWith('{{', 1) && text.endsWith('}}'));
}
