import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { editor } from '../support/vscode.js';
import fc from '../support/properties.js';
import type { Judgement } from '../../src/editor/references/judgement.js';
import { known } from '../editor/support/known.js';
import type { Leaving, OpenText } from '../httpFile/support/restClientModel.js';
import { RealRestClient, restClientSource } from '../httpFile/support/restClientSource.js';
import { HostConsents } from '../../src/tenants/hostConsents.js';
import { ProductionConsents } from '../../src/tenants/productionConsents.js';
import { OpenReferences } from '../../src/editor/references/openReferences.js';
import { Selection, Uri } from '../support/vscodeTypes.js';
import { isLong } from '../support/long.js';
import { curlDocument, hostileDocuments, plainDocument } from './support/hostileFiles.js';
import { carriesToken, FILES, isOnlyInHeaders, judged, leaving, NAME, TOKEN, type Model } from './support/references.js';

const PUBLISHED: Judgement = { wanted: new Set([NAME]), withheld: new Map() };
const RUNS = isLong ? 100_000 : 1000;

(restClientSource ? describe : describe.skip)(
  'threats: REST Client itself, where REST_CLIENT_SOURCE names its sources',
  function () {
    this.timeout(RUNS * 50);
    let model: Model;
    let client: RealRestClient;
    let folder: string;
    let count = 0;

    before(async () => {
      model = await known();
      folder = mkdtempSync(join(tmpdir(), 'tenant-tokens-rest-client-'));
      for (const [path, text] of Object.entries(FILES)) writeFileSync(join(folder, path), text);
      client = await RealRestClient.load(restClientSource ?? '', folder);
    });

    after(() => {
      rmSync(folder, { recursive: true, force: true });
    });

    /** Everything that leaves when each line of each document is sent from, twice, with these references published. */
    async function leavingReally(documents: readonly OpenText[], { wanted }: Judgement): Promise<Leaving[]> {
      for (const name of wanted) process.env[name] = TOKEN;
      try {
        const all: Leaving[] = [];
        for (let time = 0; time < 2; time++)
          for (const document of documents)
            for (const line of document.text.split('\n').keys()) all.push(...(await client.send(document, line)));
        return all;
      } finally {
        for (const name of wanted) Reflect.deleteProperty(process.env, name);
      }
    }

    /** REST Client remembers what it has sent from a document by its address. */
    const anew = (documents: readonly OpenText[]): OpenText[] => {
      count++;
      return documents.map((one) => ({ ...one, uri: `${one.uri}#${count}` }));
    };

    async function assertKept(given: readonly OpenText[]): Promise<void> {
      const documents = anew(given);
      const judgement = judged(documents, model);
      if (judgement.wanted.size === 0) return;
      for (const one of await leavingReally(documents, judgement)) {
        if (!carriesToken(one)) continue;
        assert.equal(one.host, 'acme.example', one.text);
        assert.ok(isOnlyInHeaders(documents, one), one.text);
      }
    }

    it('sends a published token to its tenant only, and in headers, whatever open files say', async () => {
      await fc.assert(fc.asyncProperty(hostileDocuments, assertKept), { numRuns: RUNS });
    });

    it('sends a published token to its tenant only, and in headers, whatever cURL commands say', async () => {
      await fc.assert(
        fc.asyncProperty(curlDocument, (document) => assertKept([document])),
        { numRuns: RUNS },
      );
    });

    it('sends a published token to its tenant only, whatever is selected', async () => {
      const { tenants, names, issued } = model;
      const given = { consents: new HostConsents(), production: new ProductionConsents() };
      const places = fc.tuple(fc.nat(), fc.nat({ max: 40 }), fc.nat(), fc.nat({ max: 80 }));
      await fc.assert(
        fc.asyncProperty(hostileDocuments, places, async ([opened], [one, from, other, to]) => {
          const [document] = anew(opened ? [opened] : []);
          if (!document) return;
          editor.reset();
          editor.install('humao.rest-client');
          const references = new OpenReferences({ tenants, names, issued }, given);
          try {
            const { uri, text, markdown } = document;
            const count = text.split('\n').length;
            const shown = editor.open(text, { uri: Uri.parse(uri), languageId: markdown ? 'markdown' : 'http' });
            const [first = 0, last = 0] = [one % count, other % count].sort((a, b) => a - b);
            const range = [first, from, last, to] as const;
            if (first === last && from >= to) return;
            shown.selection = new Selection(...range);
            const { wanted } = references;
            for (const name of wanted) process.env[name] = TOKEN;
            for (const sent of await client.sendSelected(document, ...range))
              assert.ok(!carriesToken(sent) || sent.host === 'acme.example', `${range.join()} of ${text}: ${sent.text}`);
          } finally {
            Reflect.deleteProperty(process.env, NAME);
            references.dispose();
            editor.reset();
          }
        }),
        { numRuns: RUNS },
      );
    });

    it('sends the token of what people write', async () => {
      await fc.assert(
        fc.asyncProperty(plainDocument, async (document) => {
          const documents = anew([document]);
          const judgement = judged(documents, model);
          assert.deepEqual([...judgement.wanted], [NAME]);
          assert.ok((await leavingReally(documents, judgement)).some(carriesToken));
        }),
        { numRuns: 100 },
      );
    });

    it('takes a token nowhere that the model of it misses, which other tests use', async () => {
      const hostsIn = (all: readonly Leaving[]): Set<string> => new Set(all.filter(carriesToken).map(({ host }) => host));
      await fc.assert(
        fc.asyncProperty(hostileDocuments, async (given) => {
          const documents = anew(given);
          const known = hostsIn(leaving(documents, PUBLISHED));
          for (const host of hostsIn(await leavingReally(documents, PUBLISHED))) assert.ok(known.has(host), host);
        }),
        { numRuns: RUNS },
      );
    });
  },
);
