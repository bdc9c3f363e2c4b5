import fc from '../../support/properties.js';

/** Lines that a client has a rule for, and similar ones. */
const ODD_LINES = [
  ...['', '  ', '\t', '###', '### title', '####', '  ### indented', '# ### not', '---', '===', '#', '#tag', '# @name x', '// c'],
  ...[
    'GET http://a',
    'POST https://b.example/x HTTP/1.1',
    '  PUT {{base}}/x',
    'get http://lower',
    'GET me a coffee',
    'http://c/d',
    '/path',
  ],
  ...[
    '{{m}} http://d',
    'example.com:80/x',
    'GRAPHQL http://g',
    'WS ws://w',
    'wss://w',
    'DELETE *',
    'HTTP/1.1 200 OK',
    'Some prose.',
  ],
  ...[
    'A: 1',
    'B:2',
    '  C : 3',
    'D: 4,',
    'Accept: */*',
    'Host: h',
    'X-É: 5',
    '{{h}}: 6',
    'Empty:',
    ' folded',
    '  ?x=1',
    '&y=2',
    '&z: 7',
  ],
  ...[
    'Content-Type: text/markdown',
    'Content-Type: multipart/mixed; boundary=b',
    '--b',
    '--b--',
    '  /more',
    '/* x',
    '...spread',
    'Foo',
  ],
  ...[
    '@v=1',
    '@v =',
    '@global.w := 2',
    '< ./file',
    '<@ ./file',
    '> ./handler',
    '>> out',
    '<> ref',
    '?? status == 200',
    '{',
    '}',
    '"a": 1',
  ],
  ...[
    '{{',
    '}}',
    '{{@response',
    '> {%',
    '< {%',
    '%}',
    '< {% x %}',
    '{{v}}',
    'query x {\nGET http://no\n}\n',
    'gql q < f',
    'import x',
    'run #x',
    '# @forceRegionDelimiter',
  ],
] as const;

export const eol = fc.constantFrom('\n', '\r\n');

const joined = (lines: fc.Arbitrary<string[]>): fc.Arbitrary<string> => {
  return fc.tuple(lines, eol, fc.boolean()).map(([all, ending, last]) => all.join(ending) + (last ? ending : ''));
};

/** Files in which anything may follow anything. No line contains a credential. */
export const oddFile = joined(fc.array(fc.constantFrom(...ODD_LINES), { maxLength: 24 }));

/** The same with comment blocks, which may span separators. */
export const oddFileWithBlocks = joined(fc.array(fc.constantFrom(...ODD_LINES, '/*', '*/', '  */'), { maxLength: 24 }));

const word = fc.stringMatching(/^[a-z]{1,6}$/);
const header = fc
  .tuple(fc.constantFrom('', '  '), fc.constantFrom('A', 'Accept', 'X-Id'), fc.constantFrom(':', ': ', ' :  '), word)
  .map((parts) => parts.join(''));
const credential = fc.constantFrom(
  'Authorization: Bearer old',
  'authorization : x',
  'AUTHORIZATION:',
  'Authtoken: QSDK',
  'csp-auth-token:y',
);
const comment = fc.constantFrom('# c', '// c', '# Authorization: Bearer old', '// @note');

const request = fc
  .record({
    leading: fc.array(fc.oneof(comment, fc.constantFrom('', '@v = 1', '# @name r')), { maxLength: 3 }),
    line: fc.constantFrom('GET http://a/x', 'POST {{base}}/x HTTP/1.1', 'DELETE https://b.example'),
    query: fc.array(fc.oneof(comment, fc.constantFrom('  ?x=1', '  &y={{z}}')), { maxLength: 4 }),
    headers: fc.array(fc.oneof({ weight: 3, arbitrary: header }, credential, comment), { maxLength: 5 }),
    body: fc.array(fc.constantFrom('{', '  "Authorization": "x"', '}', 'Authorization: body', 'text', '# c', '', '< ./f'), {
      maxLength: 5,
    }),
  })
  .map(({ leading, line, query, headers, body }) => {
    return [...leading, line, ...query, ...headers, ...(body.length > 0 ? ['', ...body] : [])];
  });

/** Files as people write them: requests between separators, with and without credentials. */
export const plainFile = joined(
  fc
    .tuple(fc.array(fc.tuple(request, fc.constantFrom('###', '### next', '#### ')), { maxLength: 3 }), request)
    .map(([separated, last]) => [...separated.flatMap(([lines, separator]) => [...lines, '', separator]), ...last]),
);
