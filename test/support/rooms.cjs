/**
 * The rooms of src/ and what each may import besides itself and base/ (ARCHITECTURE.md), for dependency-cruiser. Imports of
 * types count.
 */
const rooms = {
  base: [],
  net: [],
  httpFile: [],
  sandbox: [],
  platforms: ['net'],
  tenants: ['net', 'platforms'],
  store: ['net', 'platforms'],
  windows: ['store'],
  exchange: ['net', 'platforms', 'store', 'windows'],
  tokens: ['platforms', 'tenants', 'store', 'exchange'],
  management: ['net', 'platforms', 'store', 'exchange', 'tokens'],
  gateway: ['net', 'platforms'],
  handoff: ['httpFile', 'platforms', 'tenants', 'store', 'exchange', 'tokens'],
  views: ['httpFile', 'platforms', 'tenants', 'store', 'exchange', 'tokens', 'management', 'settings'],
  editor: ['httpFile', 'platforms', 'tenants', 'store', 'exchange', 'tokens', 'views', 'settings'],
  commands: [
    'net',
    'httpFile',
    'sandbox',
    'platforms',
    'tenants',
    'store',
    'exchange',
    'tokens',
    'management',
    'gateway',
    'handoff',
    'views',
    'editor',
    'settings',
  ],
};

/** Rooms that know the editor. The others take its types, and its objects as parameters. */
const AT_THE_EDGE = ['handoff', 'views', 'editor', 'commands'];

const within = (names) => `^src/(${names.join('|')})(/|\\.ts$)`;

const walls = Object.entries(rooms).map(([room, allowed]) => ({
  name: `${room}-imports-only-what-it-may`,
  severity: 'error',
  from: { path: within([room]) },
  to: { path: '^src/', pathNot: within([room, 'base', ...allowed]) },
}));

module.exports = {
  forbidden: [
    { name: 'no-circles', severity: 'error', from: {}, to: { circular: true } },
    ...walls,
    {
      name: 'only-the-edge-knows-the-editor',
      severity: 'error',
      from: { path: '^src/[^/]+/', pathNot: within(AT_THE_EDGE) },
      to: { path: '(^|/)vscode(/|$)', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'only-net-talks-to-the-network',
      severity: 'error',
      from: { path: '^src/', pathNot: within(['net']) },
      to: { path: 'node_modules/undici/' },
    },
  ],
  options: { tsConfig: { fileName: 'tsconfig.json' }, tsPreCompilationDeps: true, doNotFollow: { path: 'node_modules' } },
};
