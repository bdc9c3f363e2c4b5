import assert from 'node:assert/strict';
import { findRequest, requestHost } from '../../src/httpFile/index.js';
import { insert, NEW, type InsertOptions } from './support/insert.js';
import { linesOf } from './support/text.js';

const HEADER = "-H 'Authorization: Bearer NEW'";

function becomes(before: string, after: string, questions: readonly string[] = [], options: InsertOptions = {}): void {
  const result = insert(before, 'rest-client', options);
  assert.equal(result.text, after);
  assert.deepEqual(
    result.questions.map(({ kind, line, name }) => `${kind} ${name} ${line}`),
    questions,
  );
}

const read = (text: string) => {
  const { request } = findRequest(linesOf(text), 0, 'rest-client');
  assert.ok(request);
  return request;
};

describe('httpFile, cURL commands (#39)', () => {
  it('sets a header right after the word curl', () => {
    becomes('curl http://a', `curl ${HEADER} http://a`);
    becomes('  curl -X POST http://a \\\n  -d x\n', `  curl ${HEADER} -X POST http://a \\\n  -d x\n`);
  });

  it('replaces the value of a header in its quotes, whatever the form of the option', () => {
    becomes("curl http://a -H 'authorization:  Bearer old' -d x", "curl http://a -H 'authorization:  Bearer NEW' -d x");
    becomes('curl http://a --header "Authorization: Bearer old"', 'curl http://a --header "Authorization: Bearer NEW"');
    becomes("curl http://a -H'Authorization: Bearer old'", `curl http://a ${HEADER.replace(' ', '')}`);
    becomes("curl http://a --header='Authorization: Bearer old'", "curl http://a --header='Authorization: Bearer NEW'");
    becomes("curl -sSH 'Authorization: Bearer old' http://a", "curl -sSH 'Authorization: Bearer NEW' http://a");
  });

  it('quotes a value anew that the existing quotes cannot contain', () => {
    becomes('curl http://a -H Authorization:x', `curl http://a ${HEADER}`);
    becomes('curl http://a -H Authorization:\\ x', `curl http://a ${HEADER}`);
    becomes("curl http://a -H 'Authorization:'", `curl http://a ${HEADER}`);
    const quoted = [{ name: 'X', value: "it's" }];
    becomes("curl -H 'X: old'", `curl -H 'X: it'\\''s'`, [], { headers: quoted });
  });

  it('writes a reference in the existing quotes, or in single ones', () => {
    const headers = [{ name: 'Authorization', value: 'Bearer {{$processEnv TENANT_TOKEN_A}}' }];
    const header = 'Authorization: Bearer {{$processEnv TENANT_TOKEN_A}}';
    becomes('curl http://a', `curl -H '${header}' http://a`, [], { headers });
    becomes('curl http://a -H "Authorization: Bearer old"', `curl http://a -H "${header}"`, [], { headers });
    becomes("curl http://a -H 'Authorization: Bearer old'", `curl http://a -H '${header}'`, [], { headers });
    becomes('curl http://a -H Authorization:old', `curl http://a -H '${header}'`, [], { headers });
    const dollar = [{ name: 'Authorization', value: 'Bearer $a' }];
    becomes('curl http://a -H "Authorization: Bearer old"', "curl http://a -H 'Authorization: Bearer $a'", [], {
      headers: dollar,
    });
  });

  it('replaces a reference of its own without asking, in any quotes', () => {
    for (const quote of ["'", '"']) {
      const text = `curl -H ${quote}Authorization: Bearer {{$processEnv TENANT_TOKEN_A}}${quote} http://a`;
      becomes(text, text.replace('{{$processEnv TENANT_TOKEN_A}}', 'NEW'));
    }
    becomes('curl -H Authorization:{{$processEnv TENANT_TOKEN_A}} http://a', `curl ${HEADER} http://a`);
    becomes(`curl -d {{'}} http://a`, `curl ${HEADER} -d {{'}} http://a`);
    const foreign = 'curl -H "Authorization: Bearer {{$processEnv OTHER}}" http://a';
    becomes(foreign, foreign.replace('{{$processEnv OTHER}}', 'NEW'), ['foreign-reference Authorization 0']);
  });

  it('continues after the continuations of bash, cmd and PowerShell, and in quotes', () => {
    for (const mark of ['\\', '^', '`']) {
      const text = `curl http://a ${mark}\n  -H 'A: 1' ${mark}\n-H 'Authorization: Bearer old'\n\nnot it\n`;
      becomes(text, text.replace('old', 'NEW'), [], { at: 4 });
    }
    becomes(
      "curl http://a -d '{\n-H x\n}' -H 'Authorization: old'",
      "curl http://a -d '{\n-H x\n}' -H 'Authorization: Bearer NEW'",
    );
    becomes("curl http://a\n  -H 'Authorization: old'", "curl http://a\n  -H 'Authorization: Bearer NEW'");
    becomes("curl http://a \\\n# c\n  -H 'Authorization: old'", "curl http://a \\\n# c\n  -H 'Authorization: Bearer NEW'");
  });

  it('ends where the command does', () => {
    assert.equal(read('curl http://a\n# c\nGET http://b\n').headersEnd, 1);
    assert.equal(read('curl http://a \\\n### b\n -H x\n').headersEnd, 1);
    const { end, headersEnd } = read("curl http://a \\\n -H 'A: 1'\n\n### b\n");
    assert.deepEqual([end, headersEnd], [3, 2]);
  });

  it('asks to remove other credentials and their options', () => {
    becomes('curl -u me:pw http://a', `curl ${HEADER} http://a`, ['other-credential -u 0']);
    becomes('curl http://a --user me:pw', `curl ${HEADER} http://a`, ['other-credential --user 0']);
    becomes('curl -ume:pw http://a', `curl ${HEADER} http://a`, ['other-credential -u 0']);
    becomes('curl -sSu me:pw http://a', `curl ${HEADER} -sS http://a`, ['other-credential -u 0']);
    becomes('curl --oauth2-bearer tok http://a', `curl ${HEADER} http://a`, ['other-credential --oauth2-bearer 0']);
    becomes("curl -H 'Authtoken: x' http://a", `curl ${HEADER} http://a`, ['other-credential Authtoken 0']);
    becomes('curl http://a \\\n  -u me:pw \\\n  -d x', `curl ${HEADER} http://a \\\n  -d x`, ['other-credential -u 1']);
  });

  it('asks to remove further headers of the name, and to overwrite foreign values', () => {
    const twice = "curl -H 'Authorization: Bearer 1' http://a -H 'authorization: Bearer 2'";
    becomes(twice, `curl ${HEADER} http://a`, ['duplicate-header authorization 0']);
    becomes("curl -H 'Authorization: {{t}}' http://a", `curl ${HEADER} http://a`, ['foreign-reference Authorization 0']);
    becomes("curl -H 'Authorization: Basic a b' http://a", `curl ${HEADER} http://a`, ['scheme-change Authorization 0']);
  });

  it('sets several headers, and keeps a header that one yields to', () => {
    const headers = [NEW, { name: 'Accept', value: 'a;version=2', yieldsTo: 'version=' }];
    becomes('curl http://a', `curl ${HEADER} -H 'Accept: a;version=2' http://a`, [], { headers });
    becomes("curl -H 'Accept: b;version=1' http://a", `curl ${HEADER} -H 'Accept: b;version=1' http://a`, [], { headers });
  });

  it('returns the positions of its headers', () => {
    const { headers } = read('curl http://a \\\n --header \'A: 1\' -H "B:2" -HC:3');
    const text = ['curl http://a \\', ` --header 'A: 1' -H "B:2" -HC:3`];
    const found = headers.map(({ line, name, nameStart, value, valueStart, valueEnd }) => {
      return [name, value, text[line]?.slice(nameStart, nameStart + name.length), text[line]?.slice(valueStart, valueEnd)];
    });
    assert.deepEqual(found, [
      ['A', '1', 'A', '1'],
      ['B', '2', 'B', '2'],
      ['C', '3', 'C', '3'],
    ]);
  });

  it('returns method, URL and host, and never guesses a host', () => {
    const summary = (text: string) => {
      const request = read(text);
      return [request.kind, request.method, request.url, requestHost(linesOf(text), request)];
    };
    assert.deepEqual(summary('curl https://A.example.com/x'), ['curl', 'GET', 'https://A.example.com/x', 'a.example.com']);
    assert.deepEqual(summary('curl -XPUT --compressed -o out.json http://a'), ['curl', 'PUT', 'http://a', undefined]);
    assert.deepEqual(summary('curl --url http://a --data-raw http://b'), ['curl', 'POST', 'http://a', 'a:80']);
    assert.deepEqual(summary('curl http://a http://b'), ['curl', 'GET', '', undefined]);
    assert.deepEqual(summary('curl {{base}}/x'), ['curl', 'GET', '{{base}}/x', undefined]);
    assert.deepEqual(summary('curl'), ['curl', 'GET', '', undefined]);
  });

  describe('has a host if REST Client reads it as other programs do:', () => {
    const understood = [
      "curl 'https://a.example/x' -H 'X: {{$processEnv TENANT_TOKEN_A}}' --compressed",
      "curl --location 'https://a.example/x' \\\n--header 'X: 1' \\\n  --data '{\n  \"a\": 1\n}'",
      "curl --location --request POST 'https://a.example/x'",
      'curl -L -k -H "Authorization: Bearer {{$processEnv TENANT_TOKEN_A}}" --url https://a.example',
      'curl https://a.example -s \\\n# a comment\n  -v\n\n',
      '@base = https://a.example\n\ncurl {{base}}/x',
    ];
    for (const text of understood)
      it(text, () => {
        const lines = linesOf(text);
        const { request } = findRequest(lines, 0, 'rest-client');
        assert.equal(requestHost(lines, request!), 'a.example');
      });
  });

  describe('has no host otherwise:', () => {
    const others = [
      'curl -L=https://evil.example https://a.example',
      'curl --location=https://evil.example https://a.example',
      'curl --compressed=https://evil.example https://a.example',
      'curl --no-url https://a.example',
      'curl --no-x https://evil.example https://a.example',
      'curl -s https://evil.example -L https://a.example',
      'curl -sS https://a.example',
      'curl -x https://evil.example https://a.example',
      'curl -k https://evil.example --url https://a.example',
      'curl https://a.example\n-H x',
      'curl https://a.example\\\n.evil.example',
      'curl https://a.example -- https://evil.example',
      "curl https://a.example -H 'Host: evil.example'",
      'curl https://a.example -H "X: \\" https://evil.example "',
      'curl https://a.example -H {{x}}',
      'curl https://a-XGET.example',
      'curl https://a.example/-I -k',
      'curl\thttps://a.example',
      'curl.exe https://a.example',
    ];
    for (const text of others)
      it(text, () => {
        const lines = linesOf(text);
        const { request } = findRequest(lines, 0, 'rest-client');
        assert.equal(requestHost(lines, request!), undefined);
      });

    it('curlhttps://a.example https://evil.example', () => {
      const lines = linesOf('curlhttps://a.example https://evil.example');
      const { request } = findRequest(lines, 0, 'rest-client');
      assert.equal(request && requestHost(lines, request), undefined);
    });
  });
});
