import assert from 'node:assert/strict';
import {
  findRequests,
  LineIndex,
  literalTokens,
  credentialMatches,
  placeholders,
  referenceName,
  referenceTo,
  setHeaders,
  tokenWords,
  type Dialect,
  type FindOptions,
} from '../../src/httpFile/index.js';
import { CREDENTIALS, NEW } from './support/insert.js';
import { linesOf, watchedLines } from './support/text.js';
import { assertLinear } from '../support/linear.js';

const ALL: readonly Dialect[] = ['rest-client', 'httpyac', 'jetbrains'];
const REFERENCE = '{{$processEnv TENANT_TOKEN_ACME}}';
const OPAQUE = 'EXAMPLE-opaque+token/1234==';
const JWT = 'eyJhbGciOiJub25lIn0.eyJzdWIiOiJFWEFNUExFIn0.EXAMPLE_signature-1';
const VIDB = `vidb_${'EXAMPLE_-0'.repeat(5)}`;

/** The matches in short: place, kind or shape, text, header and request lines. Checks each place. */
function found(text: string, dialect: Dialect, options: FindOptions = {}): string[] {
  const lines = linesOf(text);
  return credentialMatches(lines, dialect, { ...options, credentialNames: CREDENTIALS }).map((one) => {
    const { kind, line, start, end, shape, header, requests } = one;
    const there = lines.lineAt(line).slice(start, end);
    assert.equal(one.text, kind === 'literal' ? there : referenceName(placeholders(there)[0]!));
    const all = findRequests(lines, dialect, options);
    for (const request of requests)
      assert.deepEqual(
        request,
        all.find((other) => other.line === request.line),
      );
    const where = `${requests.map((request) => request.line).join('+')}${header ? ` ${header.name}` : ''}`;
    return `${line}: ${shape ?? kind} ${one.text} in ${where}`;
  });
}

function finds(dialects: readonly Dialect[], text: string, expected: readonly string[], options: FindOptions = {}): void {
  for (const dialect of dialects) assert.deepEqual(found(text, dialect, options), expected, dialect);
}

describe('credential matches, references', () => {
  it('are found in header, URL and body', () => {
    finds(
      ALL,
      `GET http://a/${REFERENCE}\nAuthorization: Bearer ${REFERENCE}\nX: ${REFERENCE} ${REFERENCE}\n\n{"a": "${REFERENCE}"}\n`,
      [
        '0: reference TENANT_TOKEN_ACME in 0',
        '1: reference TENANT_TOKEN_ACME in 0 Authorization',
        '2: reference TENANT_TOKEN_ACME in 0 X',
        '2: reference TENANT_TOKEN_ACME in 0 X',
        '4: reference TENANT_TOKEN_ACME in 0',
      ],
    );
  });

  it('are found if every client resolves them, in any case', () => {
    const names = ['{{$processEnv tenant_token_Acme}}', '{{ $processEnv TENANT_TOKEN_1 }}', '{{$processEnv\tTENANT_TOKEN_T}}'];
    finds(ALL, names.map((name) => `GET http://a\nA: ${name}\n`).join('\n###\n'), [
      '1: reference tenant_token_Acme in 0 A',
      '5: reference TENANT_TOKEN_1 in 4 A',
      '9: reference TENANT_TOKEN_T in 8 A',
    ]);
    const others = [
      '$processEnv  TENANT_TOKEN_A',
      '$processEnv %TENANT_TOKEN_A',
      '$processEnv TENANT_TOKEN_A-B',
      '$processEnv TENANT_TOKEN_',
    ];
    others.push(
      '$tenantToken acme',
      'TENANT_TOKEN_A',
      '$processEnv MY_TENANT_TOKEN_A',
      '$PROCESSENV TENANT_TOKEN_A',
      '$dotenv TENANT_TOKEN_A',
    );
    for (const expression of others) finds(ALL, `GET http://a\nA: {{${expression}}}\n`, []);
  });

  it('are written as they are read', () => {
    assert.equal(referenceTo('TENANT_TOKEN_ACME'), REFERENCE);
    assert.equal(referenceName(placeholders(REFERENCE)[0]!), 'TENANT_TOKEN_ACME');
  });
});

describe('credential matches, literals', () => {
  it('are all long words of a credential header, but of no other', () => {
    const text = `GET http://a\nauthorization: Bearer ${OPAQUE}\nAuthtoken:QSDK ${OPAQUE}\nX: ${OPAQUE}\n\n${OPAQUE}\n`;
    finds(ALL, text, [`1: literal ${OPAQUE} in 0 authorization`, `2: literal ${OPAQUE} in 0 Authtoken`]);
    finds(ALL, `GET http://a\nAuthorization: \u2028${OPAQUE}\n`, [`1: literal ${OPAQUE} in 0 Authorization`]);
    finds(ALL, 'GET http://a\nAuthorization: Bearer EXAMPLE-15-char\n', []);
    finds(ALL, 'GET http://a\nAuthorization: Bearer EXAMPLE-16-chars\n', ['1: literal EXAMPLE-16-chars in 0 Authorization']);
  });

  it('are texts that look like a token, anywhere in a request', () => {
    finds(ALL, `GET http://a/${JWT}?t=${VIDB}\nX: ${JWT},\nAuthorization: Bearer ${JWT}\n\n{"a": "${VIDB}"}\n`, [
      `0: jwt ${JWT} in 0`,
      `0: vidb ${VIDB} in 0`,
      `1: jwt ${JWT} in 0 X`,
      `2: jwt ${JWT} in 0 Authorization`,
      `4: vidb ${VIDB} in 0`,
    ]);
  });

  it('are not found in braces', () => {
    finds(ALL, `GET http://a\nAuthorization: Bearer {{${OPAQUE}}}\nX: {{${JWT}}}\n`, []);
  });

  it('are found in a folded header if the client folds', () => {
    const text = `GET http://a\nAuthorization:\n  Bearer\n\t${OPAQUE}\nX: 1\n`;
    finds(['jetbrains'], text, [`3: literal ${OPAQUE} in 0 Authorization`]);
    finds(['rest-client', 'httpyac'], text, []);
    finds(['jetbrains'], `GET http://a\nAuthorization:\n  # ${JWT}\n  ${OPAQUE}\n`, [`3: literal ${OPAQUE} in 0 Authorization`]);
    finds(['jetbrains'], `GET http://a\nAuthorization: ${OPAQUE}\n  ${OPAQUE}\n`, [
      `1: literal ${OPAQUE} in 0 Authorization`,
      `2: literal ${OPAQUE} in 0 Authorization`,
    ]);
  });

  it('are found in the header options of a cURL command', () => {
    const text = `curl http://a -H 'Authorization: Bearer ${OPAQUE}' -H "X: ${OPAQUE}" -HAuthtoken:${OPAQUE} \\\n  --header "Authorization: ${REFERENCE}" \\\n -d '${JWT}'\n`;
    finds(['rest-client'], text, [
      `0: literal ${OPAQUE} in 0 Authorization`,
      `0: literal ${OPAQUE} in 0 Authtoken`,
      '1: reference TENANT_TOKEN_ACME in 0 Authorization',
      `2: jwt ${JWT} in 0`,
    ]);
    finds(['httpyac', 'jetbrains'], text, []);
  });
});

describe('credential matches, cURL', () => {
  it('are found after combined options, and in a value on the next line', () => {
    for (const options of ['-sH', '-sSLkH', '-0H', '-sH \\\n', '-H \\\n ', '--header \\\n  # comment\n\n', '-H\n  ']) {
      const text = `curl http://a ${options} 'Authorization: Bearer ${OPAQUE}' -X POST`;
      const line = text.split('\n').length - 1;
      finds(['rest-client'], text, [`${line}: literal ${OPAQUE} in 0 Authorization`]);
    }
  });
});

describe('credential matches, the places that count', () => {
  it('exclude comments, responses and regions without a request', () => {
    const token = `Authorization: Bearer ${JWT}`;
    finds(ALL, `# ${token}\n// ${token}\nGET http://a\n# ${token}\n\n  // ${JWT}\n`, []);
    finds(ALL, `### ${JWT}\nGET http://a\n\nHTTP/1.1 200 OK\n${token}\n\n{"t": "${JWT}"}\n###\nGET http://b\n${token}\n`, [
      `9: jwt ${JWT} in 8 Authorization`,
    ]);
    finds(ALL, `prose\n${token}\n${REFERENCE} ###\n`, []);
  });

  it('are inside Markdown fences only', () => {
    const text = `${JWT}\n\n\`\`\`http\nGET http://a\nX: ${JWT}\n\`\`\`\n${REFERENCE}\n\`\`\`rest\n@t = ${REFERENCE}\nGET {{t}}\n\`\`\`\n\`\`\`http\nGET {{t}}\n\`\`\`\n`;
    finds(ALL, text, [`4: jwt ${JWT} in 3 X`, '8: reference TENANT_TOKEN_ACME in 9+12'], { markdown: true });
  });

  it('are in the fence that REST Client sends: the last one opened', () => {
    const text = `\`\`\`http\nGET http://a\n\`\`\`http\nGET http://b\nX: ${REFERENCE}\n\`\`\`\n`;
    finds(ALL, text, ['4: reference TENANT_TOKEN_ACME in 3 X'], { markdown: true });
  });

  it('include definitions outside Markdown fences: REST Client accepts them anywhere', () => {
    const fence = '```http\nGET http://a/{{t}}\n```\n';
    finds(ALL, `@t = ${REFERENCE}\n\n${fence}`, ['0: reference TENANT_TOKEN_ACME in 3'], { markdown: true });
    finds(ALL, `${fence}\n${fence}@u = ${REFERENCE}\n@t = {{u}}\n`, ['7: reference TENANT_TOKEN_ACME in 1+5'], {
      markdown: true,
    });
  });

  it('belong to each request separately, even if two share a region', () => {
    const text = `GET http://a\nAuthorization: ${OPAQUE}\n\nGET http://b\nAuthorization: ${OPAQUE}\n`;
    finds(['httpyac'], text, [`1: literal ${OPAQUE} in 0 Authorization`, `4: literal ${OPAQUE} in 3 Authorization`]);
    finds(['rest-client', 'jetbrains'], text, [`1: literal ${OPAQUE} in 0 Authorization`]);
  });

  it('include the script above a request', () => {
    finds(['httpyac', 'jetbrains'], `< {%\n  x('${JWT}')\n%}\nGET http://a\n`, [`1: jwt ${JWT} in 3`]);
  });
});

describe('credential matches, definitions', () => {
  it('belong to all requests that use them, directly or through others', () => {
    const text = [
      ...[
        `@token = ${OPAQUE}`,
        '@header = Bearer {{token}}',
        `@other=${REFERENCE}`,
        '',
        '###',
        'GET http://a',
        'A: {{ token }}',
        'B: {{token}}',
      ],
      ...['###', 'GET http://b', '', '{{header}}', '###', 'GET http://c', '# {{token}}', 'A: {{tokens}}'],
    ].join('\n');
    finds(ALL, text, [`0: literal ${OPAQUE} in 5+9`, '2: reference TENANT_TOKEN_ACME in ']);
  });

  it('may be used URL-encoded', () => {
    finds(['rest-client'], `@t = ${REFERENCE}\n\nGET http://a/{{%t}}\n`, ['0: reference TENANT_TOKEN_ACME in 2']);
  });

  it('may be circular', () => {
    finds(ALL, `@a = {{b}} ${JWT}\n@b = {{a}} ${VIDB}\n\nGET http://a/{{b}}\n`, [`0: jwt ${JWT} in 3`, `1: vidb ${VIDB} in 3`]);
  });

  it('include all of the same name', () => {
    finds(ALL, `@t = ${OPAQUE}\n@t = ${JWT}\nGET {{t}}\n`, [`0: literal ${OPAQUE} in 2`, `1: jwt ${JWT} in 2`]);
  });
});

describe('credential matches, cost', () => {
  const block = (name: string) => `### ${name}\nGET http://${name}\nAuthorization: Bearer {{t}}\nX: 1\n\n{\n  "a": 1\n}\n\n`;

  it('is limited to the indexed lines and the regions with matches', () => {
    const hit = `### hit\nGET http://hit\nAuthorization: ${OPAQUE}\nX: ${JWT} ${JWT}\n\n`;
    const text = block('a').repeat(200) + hit + block('b').repeat(200);
    const all = linesOf(text);
    const index = new LineIndex(all);
    const whole = { start: 0, end: all.lineCount };
    const noted = new Set([...index.lines('Authorization'.length, whole), ...index.lines('token', whole)]);
    for (const dialect of ['rest-client', 'httpyac'] as const) {
      const { lines, seen } = watchedLines(text);
      assert.equal(credentialMatches({ ...lines, index }, dialect, { credentialNames: CREDENTIALS }).length, 3);
      const beside = [...seen].filter((line) => !noted.has(line));
      assert.ok(Math.min(...beside) >= 200 * 9 && Math.max(...beside) <= 200 * 9 + 5, dialect);
    }
  });

  it('is minimal if no word is a token', () => {
    const text = `@base = https://www.example.com/\n${block('a').replace('http://a', '{{base}}').repeat(200)}`;
    const { lines, seen } = watchedLines(text);
    const index = new LineIndex(linesOf(text));
    const looked: string[] = [];
    const isToken = (word: string) => looked.push(word) === 0;
    assert.deepEqual(credentialMatches({ ...lines, index }, 'httpyac', { credentialNames: CREDENTIALS, isToken }), []);
    assert.deepEqual(looked, ['https://www.example.com/', '//www.example.com/', '//www.example.com/']);
    assert.ok([...seen].every((line) => /^\w+:|^@/.test(lines.lineAt(line))));
  });

  it('covers each region once, however many matches it has', () => {
    const looksFor = (hits: number) => {
      const lines = linesOf(`GET http://a\n\n${`${JWT}\n`.repeat(hits)}`);
      let looks = 0;
      const lineAt = (line: number) => {
        looks++;
        return lines.lineAt(line);
      };
      for (const dialect of ALL)
        credentialMatches({ lineCount: lines.lineCount, lineAt }, dialect, { credentialNames: CREDENTIALS });
      return looks;
    };
    assert.ok(looksFor(4000) < 11 * looksFor(400));
  });
});

describe('credential matches, hostile input', () => {
  const MB = 1_000_000;
  /** For a command, each character has its own position; collecting that many takes more than linear time. */
  const COMMAND = MB / 10;
  const units = [
    '{',
    '{{',
    '}}',
    '{{a}}',
    `${REFERENCE} `,
    'eyJ',
    'eyJa.',
    'eyJa.eyJb.c ',
    '.',
    '\\',
    '"',
    "'",
    ' ',
    '-H ',
    'vidb_',
    'a|',
    'a=',
    ',',
    'Authorization:',
  ];
  const frames: Readonly<Record<string, readonly [Dialect, number, (line: string) => string]>> = {
    header: ['jetbrains', MB, (line) => `GET http://a\nAuthorization: ${line}x\n`],
    body: ['httpyac', MB, (line) => `@a = ${OPAQUE}\nPOST http://{{a}}\nX: ${JWT}\n\n${line}x\n`],
    definition: ['rest-client', MB, (line) => `@a = ${line}x\nGET http://a/{{a}}\n`],
    'cURL command': ['rest-client', COMMAND, (line) => `curl -H 'Authorization: ${OPAQUE}' ${line}x`],
    'cURL header': ['rest-client', COMMAND, (line) => `curl -H 'Authorization: ${line}x`],
  };

  const read = (text: string, dialect: Dialect): void => {
    const lines = linesOf(text);
    credentialMatches(lines, dialect, { credentialNames: CREDENTIALS });
    for (const request of findRequests(lines, dialect)) setHeaders(lines, request, [NEW], CREDENTIALS);
    literalTokens(text);
    for (const _ of tokenWords(text, () => false)) continue;
  };

  for (const [place, [dialect, size, frame]] of Object.entries(frames)) {
    it(`is read in linear time: a line of ${size / MB} MB in a ${place}`, async () => {
      for (const unit of units) {
        const texts = new Map([size, size / 10].map((length) => [length, frame(unit.repeat(length / unit.length))]));
        await assertLinear(size, (length) => read(texts.get(length) ?? '', dialect), JSON.stringify(unit));
      }
    });
  }
});

describe('literals in any text', () => {
  it('are recognized by their shape', () => {
    const text = `TOKEN=${JWT}\nother: "${VIDB}", x${JWT} eyJhbGciOiJub25lIn0.x.y vidb_short\n`;
    assert.deepEqual(
      literalTokens(text).map(({ shape, start, end, text: token }) => [shape, token, text.slice(start, end)]),
      [
        ['jwt', JWT, JWT],
        ['vidb', VIDB, VIDB],
      ],
    );
  });

  const wordsOf = (text: string, isKnown = (_: string) => false): string[] =>
    Array.from(tokenWords(text, isKnown), ({ start, end, text: word }) => {
      assert.equal(text.slice(start, end), word);
      return word;
    });

  it('are words that can be a bearer token', () => {
    assert.deepEqual(wordsOf(`TOKEN="${OPAQUE}" short ${JWT},a=b`), [OPAQUE, JWT]);
  });

  it('are words with other characters if they are known', () => {
    for (const token of [
      'EXAMPLE|access|token',
      'EXAMPLE!access#token',
      '1:EXAMPLE;access,token@x',
      '%^*=EXAMPLE-access-token',
    ]) {
      for (const [before, after] of [
        ['', ''],
        ['Bearer ', ' x'],
        ['TOKEN=', ''],
        ['"', '",'],
        ['a: ', ','],
        ['?token=', '&n=1'],
      ])
        assert.deepEqual(
          wordsOf(`${before}${token}${after}`, (word) => word === token),
          [token],
          before,
        );
      assert.ok(!wordsOf(`Bearer ${token}`).includes(token));
    }
  });

  it('are not parts of longer words', () => {
    assert.deepEqual(
      wordsOf('a|EXAMPLE-access-token|b', (word) => word === 'EXAMPLE-access-token|b'),
      ['EXAMPLE-access-token'],
    );
  });
});
