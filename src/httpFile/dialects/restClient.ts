import { splitField, type Grammar, type Role } from './grammar.js';
import { isComment } from '../lines.js';
import { REST_CLIENT_METHODS } from './methods.js';

const FIELD = /^\s*([^\s:]+)\s*:/;

/**
 * REST Client (Huachao/vscode-restclient: `selector.ts`, `httpRequestParser.ts`, `requestParserUtil.ts`). It removes comment
 * lines everywhere, even in bodies. A request takes up its whole region; each line between the URL and the first blank one is
 * sent as a header, whatever it looks like.
 */
export const restClient: Grammar = {
  dialect: 'rest-client',
  methods: REST_CLIENT_METHODS,
  anyCase: true,
  isSeparator: (text) => text.startsWith('###'),
  separators: ['separator'],
  isDefinition: (text) => /^\s*@[^\s=]+\s*=/.test(text),
  role(text, inUrl): Role {
    if (isComment(text)) return 'comment';
    if (inUrl && /^\s*[?&]/.test(text)) return 'url';
    return FIELD.test(text) ? 'header' : 'stray';
  },
  field: (text) => splitField(text, FIELD),
};

/**
 * In a Markdown fence, separators are comments: REST Client sends the first request, with everything that follows as its body.
 */
export const restClientInFence: Grammar = { ...restClient, isSeparator: () => false, separators: [] };
