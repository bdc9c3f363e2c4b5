import assert from 'node:assert/strict';
import fc from '../support/properties.js';
import { Tenants } from '../../src/tenants/tenants.js';
import { ReferenceNames } from '../../src/tokens/referenceNames.js';
import type { TokenEntry } from '../../src/store/tokenEntry.js';
import { SteppedClock } from '../support/clock.js';
import { MemoryMemento, memoryWindow } from '../support/memory.js';
import { assertLinear } from '../support/linear.js';

const tenant = (id: string): Record<string, unknown> => ({
  id,
  name: `Name of ${id}`,
  platform: 'cloud-director',
  url: 'https://a.example',
  organization: 'acme',
});
const secret = { boundTo: 'https://a.example/token', secret: { apiToken: 'EXAMPLE-1' } };

/** Tenants by id, each with tokens of these names. */
async function setUp(all: Readonly<Record<string, readonly string[]>>) {
  let setting = Object.keys(all).map(tenant);
  const tenants = new Tenants(() => setting);
  let now = 1000;
  const clock = Object.assign(new SteppedClock(), { wall: () => now++ });
  const { vault } = memoryWindow({ clock });
  const names = new ReferenceNames(tenants, vault);
  const tokens: TokenEntry[] = [];
  for (const [id, named] of Object.entries(all))
    for (const name of named) tokens.push(await vault.add({ tenant: id, name, ...secret }));
  const setTenants = (...ids: readonly string[]): void => {
    setting = ids.map(tenant);
    tenants.refresh();
  };
  const written = (): (string | undefined)[] => tokens.map(({ id }) => names.nameOf(id));
  const idOf = (name: string): string | undefined => {
    const found = names.find(name);
    return found === undefined || found === 'ambiguous' ? found : found.token.id;
  };
  return { tenants, vault, names, tokens, setTenants, written, idOf };
}

describe('ReferenceNames', () => {
  it('names the only token of a tenant after the tenant', async () => {
    const { tokens, written, idOf } = await setUp({ acme: ['Laptop'], other: ['CI'] });
    assert.deepEqual(written(), ['TENANT_TOKEN_ACME', 'TENANT_TOKEN_OTHER']);
    assert.equal(idOf('TENANT_TOKEN_ACME'), tokens[0]?.id);
    assert.equal(idOf('TENANT_TOKEN_ACME_LAPTOP'), tokens[0]?.id);
  });

  it('names each of several tokens after itself, and the oldest after the tenant as well', async () => {
    const { tokens, written, idOf } = await setUp({ acme: ['Laptop', 'CI'] });
    assert.deepEqual(written(), ['TENANT_TOKEN_ACME_LAPTOP', 'TENANT_TOKEN_ACME_CI']);
    assert.equal(idOf('TENANT_TOKEN_ACME'), tokens[0]?.id);
  });

  it('ignores the case of names, as environments on Windows do', async () => {
    const { tokens, idOf } = await setUp({ acme: ['Laptop'] });
    assert.equal(idOf('tenant_token_Acme_laptop'), tokens[0]?.id);
  });

  it('finds no name that it has not assigned', async () => {
    const { names } = await setUp({ acme: ['Laptop'] });
    for (const name of ['', 'TENANT_TOKEN_', 'TENANT_TOKEN_NOBODY', 'ACME', 'TENANT_TOKEN_ACME_', '__proto__', 'constructor'])
      assert.equal(names.find(name), undefined, name);
    assert.equal(names.nameOf('no-such-token'), undefined);
  });

  it('assigns the same names whatever the order of tokens and tenants', async () => {
    const { vault, tokens, setTenants, written, idOf } = await setUp({ acme: ['Laptop', 'CI', 'Ada'], other: ['CI'] });
    const before = written();
    await vault.reorder(tokens.map(({ id }) => id).reverse());
    setTenants('other', 'acme');
    assert.deepEqual(written(), before);
    assert.equal(idOf('TENANT_TOKEN_ACME'), tokens[0]?.id, 'the order in the tree does not matter');
    before.forEach((name, at) => {
      assert.equal(idOf(name ?? ''), tokens[at]?.id);
    });
  });

  it('resolves no name that matches two tokens, and has another one for each', async () => {
    const { tokens, written, idOf } = await setUp({ acme: ['Laptop', 'CI'], 'acme-laptop': ['Ada'] });
    assert.equal(idOf('TENANT_TOKEN_ACME_LAPTOP'), 'ambiguous');
    const all = written();
    assert.deepEqual(all.slice(1), ['TENANT_TOKEN_ACME_CI', 'TENANT_TOKEN_ACME_LAPTOP_ADA']);
    assert.match(all[0] ?? '', /^TENANT_TOKEN_ACME_[0-9A-F_]{36}$/);
    assert.equal(idOf(all[0] ?? ''), tokens[0]?.id);
  });

  it('distinguishes tenants whose ids differ only in dots, dashes and case', async () => {
    const { tokens, written, idOf } = await setUp({ 'a.b': ['One'], 'a-b': ['Two'], A_B: ['Three'] });
    assert.equal(idOf('TENANT_TOKEN_A_B'), 'ambiguous');
    assert.deepEqual(written(), ['TENANT_TOKEN_A_B_ONE', 'TENANT_TOKEN_A_B_TWO', 'TENANT_TOKEN_A_B_THREE']);
    written().forEach((name, at) => {
      assert.equal(idOf(name ?? ''), tokens[at]?.id);
    });
  });

  it('distinguishes tokens of the same name', async () => {
    const { tokens, written, idOf } = await setUp({ acme: ['CI', 'ci', 'C I'] });
    assert.equal(idOf('TENANT_TOKEN_ACME_CI'), 'ambiguous');
    assert.equal(new Set(written()).size, 3);
    written().forEach((name, at) => {
      assert.equal(idOf(name ?? ''), tokens[at]?.id);
    });
  });

  it('uses letters, digits and underscores, whatever the script of the token’s name', async () => {
    const spelled = { 'Zoë’s Gerät': 'ZOE_S_GERAT', 'Straße №5': 'STRASSE_NO5', ｆｕｌｌ: 'FULL' };
    const unspelled = ['ноутбук', '笔记本电脑', '💻', 'مختبر', '…'];
    const { tokens, written, idOf } = await setUp({ acme: [...Object.keys(spelled), ...unspelled] });
    const all = written();
    assert.deepEqual(
      all.slice(0, 3),
      Object.values(spelled).map((word) => `TENANT_TOKEN_ACME_${word}`),
    );
    for (const name of all) assert.match(name ?? '', /^TENANT_TOKEN_ACME_[A-Z0-9_]+$/);
    all.forEach((name, at) => {
      assert.equal(idOf(name ?? ''), tokens[at]?.id);
    });
  });

  it('never assigns one name to two tokens, and finds each by its name', async () => {
    const word = fc.constantFrom('a', 'A', 'b', 'a-b', 'a.b', 'a b', 'ä', 'ю', '-', 'a_b_a');
    const id = fc.constantFrom('a', 'A', 'b', 'a-b', 'a.b', 'a_b', 'a-b-a');
    const all = fc.dictionary(id, fc.array(word, { maxLength: 4 }), { maxKeys: 5 });
    await fc.assert(
      fc.asyncProperty(all, async (tenants) => {
        const { names, tokens, written, idOf } = await setUp(tenants);
        const given = written();
        assert.equal(new Set(given).size, tokens.length);
        given.forEach((name, at) => {
          assert.equal(idOf(name ?? ''), tokens[at]?.id);
        });
        assert.equal(names.all.length, tokens.length);
      }),
      { numRuns: 60 },
    );
  });

  it('follows tokens that are added, renamed and removed', async () => {
    const { vault, tokens, names, idOf } = await setUp({ acme: ['Laptop'] });
    const id = tokens[0]?.id ?? '';
    assert.equal(names.nameOf(id), 'TENANT_TOKEN_ACME');
    const added = await vault.add({ tenant: 'acme', name: 'CI', ...secret });
    assert.equal(names.nameOf(id), 'TENANT_TOKEN_ACME_LAPTOP');
    await vault.rename(added.id, 'Server');
    assert.equal(names.nameOf(added.id), 'TENANT_TOKEN_ACME_SERVER');
    assert.equal(idOf('TENANT_TOKEN_ACME_CI'), undefined);
    await vault.remove(id);
    assert.equal(names.nameOf(id), undefined);
    assert.equal(idOf('TENANT_TOKEN_ACME_LAPTOP'), undefined);
    assert.equal(names.nameOf(added.id), 'TENANT_TOKEN_ACME');
  });

  it('has no name for the tokens of a removed or invalid tenant', async () => {
    const { tokens, names, setTenants, idOf } = await setUp({ acme: ['Laptop'], other: ['CI'] });
    setTenants('other');
    assert.equal(names.nameOf(tokens[0]?.id ?? ''), undefined);
    assert.equal(idOf('TENANT_TOKEN_ACME'), undefined);
    assert.deepEqual(
      names.all.map(({ name }) => name),
      ['TENANT_TOKEN_OTHER'],
    );
    setTenants('other', 'acme', 'acme');
    assert.equal(idOf('TENANT_TOKEN_ACME'), tokens[0]?.id);
  });

  it('names sandbox tokens while the sandbox runs', async () => {
    const { tenants, vault, names } = await setUp({ acme: ['Laptop'] });
    tenants.setOutside([tenant('sandbox-acme')]);
    const { id } = vault.addForSession({ tenant: 'sandbox-acme', name: 'Ada', ...secret });
    assert.equal(names.nameOf(id), 'TENANT_TOKEN_SANDBOX_ACME');
    tenants.setOutside([]);
    assert.equal(names.nameOf(id), undefined);
  });

  it('lists every token with its name, in the order of the tenants', async () => {
    const { names, setTenants } = await setUp({ acme: ['Laptop', 'CI'], other: ['CI'] });
    setTenants('other', 'acme');
    assert.deepEqual(
      names.all.map(({ name, tenant: { id }, token }) => [name, id, token.name]),
      [
        ['TENANT_TOKEN_OTHER', 'other', 'CI'],
        ['TENANT_TOKEN_ACME_LAPTOP', 'acme', 'Laptop'],
        ['TENANT_TOKEN_ACME_CI', 'acme', 'CI'],
      ],
    );
  });

  it('stops listening on disposal', async () => {
    const { names, setTenants, idOf } = await setUp({ acme: ['Laptop'] });
    const before = idOf('TENANT_TOKEN_ACME');
    names.dispose();
    setTenants();
    assert.equal(idOf('TENANT_TOKEN_ACME'), before);
  });

  it('names the tokens of 10,000 tenants without looking through all of them for each', () =>
    assertLinear(10_000, (count) => {
      const ids = Array.from({ length: count }, (_, at) => `tenant-${at}`);
      const index = new MemoryMemento();
      index.values.set(
        'tokens',
        ids.map((id) => ({ id: `token-${id}`, tenant: id, name: 'CI', addedAt: 1000 })),
      );
      const tenants = new Tenants(() => ids.map(tenant));
      const names = new ReferenceNames(tenants, memoryWindow({ index }).vault);
      for (const id of ids) assert.equal(names.nameOf(`token-${id}`), `TENANT_TOKEN_${id.toUpperCase().replace('-', '_')}`);
    }));
});
