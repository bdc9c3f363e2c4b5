import { splitField, type Grammar, type Role } from './grammar.js';
import { isComment } from '../lines.js';
import { JET_BRAINS_METHODS } from './methods.js';

const FIELD = /^([^\s:<>]+)\s*:/;

/**
 * JetBrains HTTP Client (JetBrains/http-request-in-editor-spec, `spec.md`). An indented line continues the URL or, below a
 * header, its value.
 */
export const jetBrains: Grammar = {
  dialect: 'jetbrains',
  methods: JET_BRAINS_METHODS,
  anyCase: false,
  isSeparator: (text) => text.startsWith('###'),
  separators: ['separator'],
  isDefinition: (text) => /^\s*@[^\s=]+\s*=/.test(text),
  role(text, inUrl): Role {
    if (isComment(text)) return 'comment';
    if (/^[ \t\f]/.test(text)) return inUrl ? 'url' : 'fold';
    return FIELD.test(text) ? 'header' : 'body';
  },
  field: (text) => splitField(text, FIELD),
};
