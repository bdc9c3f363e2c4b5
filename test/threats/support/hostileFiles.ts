import fc from '../../support/properties.js';
import type { OpenText } from '../../httpFile/support/restClientModel.js';
import { EVIL, HEADER, NAME, REFERENCE, TENANT } from './references.js';

/** Possible uses of the token in a value. */
const USES = [
  ...[REFERENCE, '{{t}}', '{{ u }}', '{{%t}}', '{{global.t}}', `{{$processEnv  x $processEnv ${NAME}}}`, '{{$processEnv %key}}'],
  ...[
    '{{who.request.headers.Authorization}}',
    '{{who.response.body.*}}',
    '{{again.response.headers.x}}',
    '{{who.request.body.*}}',
  ],
  ...[
    `{{$processEnv %${NAME}}}`,
    `{{x {{$processEnv ${NAME}}}}}`,
    `{{{$processEnv ${NAME}}}}`,
    '{{}}{{t}}',
    '{{t}}{{',
    `${REFERENCE}\u2028`,
  ],
];

const DEFINED = ['t', 'u', 'h', 'a', 'global.t', '%t', 't:'];
const VALUES = [
  ...[REFERENCE, '{{t}}', '{{u}}', '{{who.request.headers.Authorization}}', 'acme.example', 'evil.example', '', '<', '<@', '@'],
  ...[
    '1\\n<@ ./payload.txt',
    '\\<@',
    '{{a}}<',
    '{{$processEnv NOPE}}<@',
    "{{$datetime '[<@]'}}",
    `{{$process\\Env ${NAME}}}`,
    'https://acme.example',
    `cognito me ${REFERENCE} region pool client`,
    '$&',
  ],
];

const use = fc.constantFrom(...USES);
const definition = fc
  .tuple(
    fc.constantFrom('', '  ', '\u00a0', '# \u2028', '\u2028'),
    fc.constantFrom(...DEFINED),
    fc.constantFrom(' = ', '=', ' =', '\u00a0= ', ' :='),
    fc.constantFrom(...VALUES),
  )
  .map(([indentation, name, equals, value]) => `${indentation}@${name}${equals}${value}`);

const requestLine = fc.constantFrom(
  ...[
    TENANT,
    `POST ${EVIL}`,
    `get ${EVIL}`,
    EVIL,
    'GET https://{{h}}/',
    'GET {{h}}/x',
    'GET https://acme.example',
    'POST /x',
    'QUERY x',
  ],
  ...['GET https://acme.example@evil.example/', 'GET https://evil.example/ HTTP/1.1', `GET https://acme.example\\@evil.example/`],
);

const header = fc
  .tuple(
    fc.constantFrom('X', 'Authorization', 'authorization', 'Host', '{{h}}', 'X Y', '@x', ''),
    fc.constantFrom(': ', ':', ' : ', ' '),
    fc.constantFrom('Bearer ', 'cognito a ', 'Basic ', ''),
    use,
    fc.constantFrom('', ' b region pool client'),
  )
  .map((parts) => parts.join(''));

const other = fc.constantFrom(
  ...[
    '',
    '  ',
    '###',
    '### next',
    '####',
    '\uFEFF###',
    ' ###',
    '# c',
    '// c',
    '# @name who',
    '#@name who',
    '// @name again',
    '## @name who',
  ],
  ...['# @prompt h', 'HTTP/1.1 200 OK', '<@ ./payload.txt', '<@utf8 ./payload.txt', '< ./payload.txt', '{{a}}@ ./payload.txt'],
  ...[
    '<{{a}} ./payload.txt',
    '{{$processEnv NOPE}}<@ ./payload.txt',
    "{{$datetime '[<@ ./payload.txt]'}}",
    "{{$localDatetime '[<]'}}{{a}} ./payload.txt",
    '{{a}} ./payload.txt',
    '?x=1',
    '&.evil.example/',
    '@t',
    '@t =',
    '=',
    '@media x',
    'Host: evil.example',
  ],
  ...[HEADER, `# ${HEADER}`, 'Host: acme.example:443', '{"a": 1}', '\u200b###'],
);

const line = fc.oneof({ arbitrary: requestLine, weight: 3 }, { arbitrary: header, weight: 3 }, definition, use, {
  arbitrary: other,
  weight: 5,
});

const request = fc
  .tuple(
    fc.array(fc.oneof(definition, other), { maxLength: 2 }),
    requestLine,
    fc.array(fc.oneof(header, other), { maxLength: 3 }),
  )
  .map(([above, first, below]) => [...above, first, ...below]);

/** Requests in which the token goes to its tenant, and others where it is in none. */
const decent = fc
  .array(
    fc.constantFrom(
      ['@t = Bearer {{$processEnv TENANT_TOKEN_ACME}}', '@h = acme.example', '', TENANT, 'Authorization: {{t}}', ''],
      ['# @name who', TENANT, HEADER, '', '{"a": 1}'],
      ['@h = acme.example', '', 'GET https://{{h}}/', '  ?x=1', `X: ${REFERENCE}`, '# c'],
      [`POST ${EVIL}`, 'A: 1', '', 'body'],
      [`GET ${EVIL}`, 'X: {{again.response.headers.x}}'],
    ),
    { minLength: 1, maxLength: 3 },
  )
  .map((all) => all.flatMap((one) => [...one, '', '###']));

/** A few lines somewhere in others: what is understood, but for one thing. */
const inserted = fc
  .tuple(decent, fc.array(fc.tuple(fc.nat(), line), { maxLength: 2 }))
  .map(([base, more]) => more.reduce((all, [at, one]) => all.toSpliced(at % (all.length + 1), 0, one), base));

const lines = fc.oneof(
  { arbitrary: inserted, weight: 4 },
  fc.array(line, { maxLength: 12 }),
  fc.array(request, { minLength: 1, maxLength: 3 }).map((all) => all.flatMap((one) => [...one, '', '###'])),
);

const httpText = (uri: string): fc.Arbitrary<OpenText> => lines.map((all) => ({ uri, text: all.join('\n') }));

const fenced = fc
  .array(fc.oneof(lines, fc.array(fc.oneof(definition, use), { maxLength: 2 })), { maxLength: 3 })
  .map((parts) => parts.flatMap((part, index) => (index % 2 === 0 ? ['```http', ...part, '```'] : part)));

const markdownText: fc.Arbitrary<OpenText> = fenced.map((all) => ({ uri: 'file:///c.md', text: all.join('\n'), markdown: true }));

/** One or two documents in which anything may stand that brings a token to a request, or a request to a host. */
export const hostileDocuments: fc.Arbitrary<OpenText[]> = fc.oneof(
  fc.tuple(httpText('file:///a.http')),
  fc.tuple(httpText('file:///a.http'), httpText('file:///b.http')),
  fc.tuple(markdownText),
);

/** Possible words of a cURL command. */
const curlWord = fc.constantFrom(
  ...[
    '-H',
    '--header',
    '-d',
    '--data',
    '--data-raw',
    '-b',
    '--cookie',
    '-X',
    '--request',
    '--url',
    '-L',
    '--location',
    '-k',
    '-s',
  ],
  ...['--compressed', '-u', '--user', '-x', '--proxy', '-I', '--head', '-XPOST', '--', '-', '-sL', '-vk', '--no-url', '--no-x'],
  ...['--_', '--no-_', '-_', '--url.x', '--header.0', '--H', '--L', '--X', '--__proto__.x', '-1', '1', '.5', 'GET', 'true', "''"],
  ...[`-L=${EVIL}`, `--location=${EVIL}`, `--url=${EVIL}`, `--compressed=${EVIL}`, `-L${EVIL}`, `-HX:${REFERENCE}`, '-H=x'],
  ...[`'${HEADER}'`, `"${HEADER}"`, HEADER, `'X: ${REFERENCE}'`, `"X: {{t}}"`, "'Host: evil.example'", `'Host'`, '{{t}}'],
  ...[`'Authorization: cognito a ${REFERENCE} b c d'`, `'a'b`, `a'b'`, `"a\\"b"`, `'a\\'b'`, `"'"`, `'"'`, "'", '"', '\\', '@x'],
  ...[
    'https://acme.example/x',
    `'https://acme.example'`,
    `"https://acme.example/?a=1"`,
    'acme.example',
    'https://{{h}}/x',
    '{{h}}',
  ],
  ...[EVIL, `'${EVIL}'`, 'evil.example', `https://acme.example@evil.example/`, `https://acme.example/${REFERENCE}`, '# x', '<@'],
);
const curlGap = fc.constantFrom(
  ...Array.from({ length: 12 }, () => ' '),
  ...[' ', ' ', ' ', ' ', '  ', ' \\\n', ' \\\n  ', '\\\n', '\n', '\n  ', '\t', ' \n# c\n', '', '\u00a0', ' ^\n'],
);
const curlPair = fc
  .tuple(
    fc.constantFrom('-H', '--header', '-d', '-X', '--url', '-L', '-b', '--data-raw'),
    fc.constantFrom(' ', ' \\\n  ', '=', ''),
    curlWord,
  )
  .map((parts) => parts.join(''));

const decentCurl = fc.constantFrom(
  ['curl', `-H '${HEADER}'`, 'https://acme.example/x'],
  ['curl', "'https://acme.example/x'", `-H "X: {{t}}"`, '--compressed'],
  ['curl', '-X POST', '--url https://{{h}}/x', `--header '${HEADER}'`, "-d 'a=b'"],
  ['curl', '-k', '-s', '-L https://acme.example/?a=1', `-H "${HEADER}"`, '-b a=b'],
  ['curl', EVIL, "-H 'A: 1'"],
);

/** A command that is understood but for a word or two. */
const curlCommand = fc
  .tuple(
    decentCurl,
    fc.array(fc.tuple(fc.nat(), fc.oneof(curlWord, curlPair, fc.constantFrom('CURL', 'curlx', '{{c}}'))), { maxLength: 2 }),
    fc.array(curlGap, { minLength: 8, maxLength: 8 }),
  )
  .map(([base, more, gaps]) => {
    const words = more.reduce<readonly string[]>((all, [at, one]) => all.toSpliced(at % (all.length + 1), at % 2, one), base);
    return words.map((word, index) => word + (gaps[index] ?? '')).join('');
  });

/** A document with cURL commands in which anything may stand that takes a token somewhere. */
export const curlDocument: fc.Arbitrary<OpenText> = fc
  .tuple(
    fc.constantFrom('', `@t = ${REFERENCE}\n@h = acme.example\n@c = curl\n`, `@t = ${REFERENCE}\n@h = 'acme.example\n`),
    fc.array(curlCommand, { minLength: 1, maxLength: 2 }),
    fc.boolean(),
  )
  .map(([above, commands, isMarkdown]) => {
    const text = above + commands.join('\n\n###\n');
    return { uri: 'file:///d.http', text: isMarkdown ? `\`\`\`http\n${text}\n\`\`\`` : text, markdown: isMarkdown };
  });

const plainHeader = fc.constantFrom('Accept: */*', 'Content-Type: application/json', 'X-Id: {{$guid}}', '# c', 'X-Id: {{id}}');

/** A document as people write it, with the token in a header of requests to its tenant. */
export const plainDocument: fc.Arbitrary<OpenText> = fc
  .record({
    above: fc.constantFrom([], ['@id = 1', ''], ['@t = Bearer {{$processEnv TENANT_TOKEN_ACME}}', '']),
    line: fc.constantFrom(TENANT, 'POST https://acme.example/x?y={{id}} HTTP/1.1', 'get {{base}}/x', 'GET https://{{h}}/x'),
    query: fc.constantFrom([], ['  ?a=1', '  &b={{id}}']),
    before: fc.array(plainHeader, { maxLength: 2 }),
    value: fc.constantFrom(HEADER, `csp-auth-token: ${REFERENCE}`, `authorization : ${REFERENCE}`),
    after: fc.array(plainHeader, { maxLength: 2 }),
    body: fc.constantFrom([], ['', '{"id": "{{id}}"}'], ['', '< ./body.json']),
    isMarkdown: fc.boolean(),
  })
  .map(({ above, line: first, query, before, value, after, body, isMarkdown }) => {
    const definitions = ['@base = https://acme.example', '@h=acme.example', ''];
    const text = [...definitions, ...above, first, ...query, ...before, value, ...after, ...body];
    const all = isMarkdown
      ? ['# Notes', '', '```http', ...text, '```', '']
      : [...text, '', '### other', `GET ${EVIL}`, 'A: 1', ''];
    return { uri: 'file:///a.http', text: all.join('\n'), markdown: isMarkdown };
  });
