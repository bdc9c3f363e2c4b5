import { defineConfig, globalIgnores } from 'eslint/config';
import tseslint from 'typescript-eslint';

/** The rooms of src and what each may import besides itself, errors.ts and event.ts (ARCHITECTURE.md). */
const rooms = {
  httpFile: [],
  net: [],
  platforms: ['net'],
  tenants: ['platforms', 'net'],
  tokens: ['tenants', 'platforms', 'net'],
  sandbox: [],
  handoff: ['tokens', 'tenants', 'platforms', 'httpFile'],
  views: ['tokens', 'tenants', 'platforms', 'httpFile', 'settings'],
  editor: ['views', 'tokens', 'tenants', 'platforms', 'httpFile', 'settings'],
  commands: ['editor', 'views', 'handoff', 'tokens', 'tenants', 'platforms', 'net', 'httpFile', 'sandbox', 'settings'],
};
const atTheEdge = ['handoff', 'views', 'editor', 'commands'];
const places = [...Object.keys(rooms), 'settings', 'extension', 'core', 'features'];

/** What asks people and shows them something; each is called in one file, so that tests can answer. */
const ASKING = '/^(show|createQuickPick$|createInputBox$|withProgress$|setStatusBarMessage$)/';
const WINDOW = (at) => `:matches([${at}.name='window'], [${at}.property.name='window'])`;
const askingElsewhere = {
  files: ['src/**/*.ts'],
  ignores: ['src/views/windowPrompter.ts', 'src/views/showDocument.ts'],
  rules: {
    'no-restricted-syntax': [
      'error',
      ...[
        `MemberExpression${WINDOW('object')}[property.name=${ASKING}]`,
        `VariableDeclarator${WINDOW('init')} > ObjectPattern > Property[key.name=${ASKING}]`,
      ].map((selector) => ({
        selector,
        message: 'Ask and tell people through a Prompter (views/prompter.ts), and show documents with showDocument.',
      })),
    ],
  },
};

/** A message for imports that would turn an arrow of the architecture round, or pull the editor into a pure room. */
const boundary = ([room, allowed]) => ({
  files: [`src/${room}/**/*.ts`],
  rules: {
    '@typescript-eslint/no-restricted-imports': [
      'error',
      {
        paths: [
          ...(atTheEdge.includes(room)
            ? []
            : [
                {
                  name: 'vscode',
                  allowTypeImports: true,
                  message: `${room} is pure: take the type only, and the object as a parameter.`,
                },
              ]),
        ],
        patterns: [
          ...(room === 'net' ? [] : [{ regex: '^undici(/|$)', message: 'Only net/ talks to the network.' }]),
          ...places
            .filter((place) => place !== room && !allowed.includes(place))
            .map((place) => ({
              regex: `^\\.\\./(.*/)?${place}(/|\\.js$)`,
              message: `${room} may not know ${place} (ARCHITECTURE.md).`,
            })),
        ],
      },
    ],
  },
});

export default defineConfig(
  globalIgnores(['dist/', '**/node_modules/', '.vscode-test/', '.tour/', '.bench/', 'test/workbench/browser/', 'test/node/']),
  tseslint.configs.strictTypeChecked,
  {
    languageOptions: {
      parserOptions: { projectService: { allowDefaultProject: ['*.mjs'] }, tsconfigRootDir: import.meta.dirname },
    },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      '@typescript-eslint/no-floating-promises': ['error', { checkThenables: true }],
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/no-unused-vars': ['error', { varsIgnorePattern: '^_', argsIgnorePattern: '^_' }],
      'no-console': 'error',
      eqeqeq: 'error',
    },
  },
  ...Object.entries(rooms).map(boundary),
  askingElsewhere,
  {
    files: ['test/**/*.ts'],
    rules: { '@typescript-eslint/no-non-null-assertion': 'off', 'no-console': 'off' },
  },
  {
    files: ['**/*.{mjs,cjs,js}'],
    extends: [tseslint.configs.disableTypeChecked],
    rules: { 'no-console': 'off', '@typescript-eslint/no-require-imports': 'off' },
  },
);
