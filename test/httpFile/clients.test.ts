import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { findRequests, sameReading, type Dialect } from '../../src/httpFile/index.js';
import { understoodByHttpYac, type Understood } from './support/httpyac.js';
import { insertInAll, NEW, refusal } from './support/insert.js';
import { sentByRestClient, type Sent } from './support/restClient.js';
import { linesOf } from './support/text.js';

interface Case {
  readonly id: string;
  readonly input: string;
  /** The first request as observed in REST Client. */
  readonly restClient: string;
  /** The requests of every region as observed in httpYac. */
  readonly httpYac: string;
}

const { cases } = JSON.parse(readFileSync('test/fixtures/http-cases.json', 'utf8')) as { cases: readonly Case[] };

/** httpYac sends something unintended for these lines: none of their requests is edited. */
const NOT_MEANT: Readonly<Record<string, readonly number[]>> = { curl: [0], curlOauth: [0], import: [0], bodyGet: [3, 4] };

/** REST Client sends a request other than these lines say. */
const REFUSED_BY_REST_CLIENT = ['ws', 'ws2', 'graphql', 'graphql2', 'onlyVars', 'sepTrailing', 'crOnly', 'import'];

describe('httpFile, inputs with the outcome observed in httpYac', () => {
  for (const { id, input, httpYac } of cases) {
    it(id, async () => {
      const before = await understoodByHttpYac(input);
      assert.deepEqual(inShort(before), seenInHttpYac(httpYac), 'the installed httpYac is the one observed');
      const meant = before.filter(({ line }) => !NOT_MEANT[id]?.includes(line));
      assert.deepEqual(
        findRequests(linesOf(input), 'httpyac').map(({ line }) => line),
        meant.map(({ line }) => line),
      );
      const text = insertInAll(input, 'httpyac');
      const after = await understoodByHttpYac(text);
      const expected = before.map((request) => (meant.includes(request) ? withNew(request) : request));
      assert.deepEqual(after.map(withoutLine), expected.map(withoutLine));
      assert.equal(insertInAll(text, 'httpyac'), text, 'a second time');
    });
  }
});

describe('httpFile, inputs with the outcome observed in REST Client', () => {
  for (const { id, input, restClient } of cases) {
    it(id, () => {
      if (REFUSED_BY_REST_CLIENT.includes(id)) {
        assert.deepEqual(findRequests(linesOf(input), 'rest-client'), []);
        assert.notEqual(refusal(input, 'rest-client'), undefined);
        return;
      }
      const text = insertInAll(input, 'rest-client');
      assert.equal(insertInAll(text, 'rest-client'), text, 'a second time');
      // cURL has its own tests, and REST Client sends a script above a request as its URL, whatever is set below.
      if (id.startsWith('curl') || id === 'pre') return;
      const before = sentByRestClient(input);
      if (!restClient.startsWith('ERR')) assert.deepEqual(likeSeen(before[0]), JSON.parse(restClient), 'the model is right');
      // There, a title in a Markdown body splits it, and the text below would be sent as a URL.
      const expected = before.map((request) => (request.url === 'text' ? request : withNew(request)));
      assert.deepEqual(sentByRestClient(text).map(withoutLine), expected.map(withoutLine));
    });
  }
});

describe('httpFile, the same inputs read by the specification of JetBrains', () => {
  for (const { id, input } of cases) {
    it(id, () => {
      const text = insertInAll(input, 'jetbrains');
      assert.equal(insertInAll(text, 'jetbrains'), text, 'a second time');
      const requests = findRequests(linesOf(text), 'jetbrains');
      const set = requests.map(({ headers }) =>
        headers.filter(({ name }) => /^authorization$/i.test(name)).map(({ value }) => value),
      );
      assert.deepEqual(
        set,
        requests.map(() => [NEW.value]),
      );
      if (/authorization:/i.test(input)) return;
      assert.equal(text.replaceAll(/\r?\nAuthorization: Bearer NEW/g, ''), input, 'nothing else changes');
    });
  }
});

describe('httpFile, the same inputs where all clients read alike', () => {
  const DIALECTS: readonly Dialect[] = ['rest-client', 'httpyac', 'jetbrains'];
  const isAlike = ({ input }: Case) => {
    const lines = linesOf(input);
    const found = DIALECTS.map((dialect) => findRequests(lines, dialect).map((request) => ({ request })));
    return found.every(
      (all) => all.length === found[0]!.length && all.every((one, index) => sameReading(one, found[0]![index]!)),
    );
  };

  it('are most of them, and get the same edits', () => {
    const alike = cases.filter(isAlike);
    assert.ok(alike.length > cases.length / 2, `${alike.length} of ${cases.length}`);
    for (const { id, input } of alike) {
      const texts = DIALECTS.map((dialect) => insertInAll(input, dialect));
      assert.deepEqual(texts, [texts[0], texts[0], texts[0]], id);
    }
  });
});

/** The request with the new Authorization, under its existing name. */
function withNew<Request extends Sent | Understood>(request: Request): Request {
  const [name = NEW.name] = Object.keys(request.headers).filter((key) => key.toLowerCase() === 'authorization');
  const others = Object.entries(request.headers).filter(([key]) => key.toLowerCase() !== 'authorization');
  return { ...request, headers: Object.fromEntries([...others, [name, NEW.value]]) };
}

const withoutLine = <Request extends Sent | Understood>({ line: _, ...request }: Request) => request;

const inShort = (requests: readonly Understood[]) => requests.map(({ method: m, url: u, headers: h }) => ({ m, u, h }));

function seenInHttpYac(outcome: string): unknown[] {
  return outcome
    .split(' || ')
    .filter((region) => region.startsWith('{'))
    .map((region) => {
      const { m, u, h } = JSON.parse(region) as Record<string, unknown>;
      return { m, u, h };
    });
}

function likeSeen(sent: Sent | undefined): unknown {
  if (!sent) return sent;
  const { method: m, url: u, headers: h, body } = sent;
  if (body === undefined) return { m, u, h };
  return { m, u, h, b: body.startsWith('<') && !body.startsWith('<>') ? '[stream]' : body };
}
