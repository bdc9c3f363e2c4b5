import type { Sandbox, SandboxLogin } from '../sandbox/index.js';
import { findPlatform } from '../platforms/index.js';
import type { Tenants } from '../tenants/tenants.js';
import type { Vault } from '../store/vault.js';

/** The sandbox of this window: its services run here, its tenants and tokens live as long as it does, and nothing is kept. */
export class SandboxRun {
  readonly #tenants: Tenants;
  readonly #vault: Vault;
  readonly #onChange: (running: boolean) => void;
  #running: Promise<Sandbox> | undefined;

  constructor(tenants: Tenants, vault: Vault, onChange: (running: boolean) => void) {
    this.#tenants = tenants;
    this.#vault = vault;
    this.#onChange = onChange;
  }

  /** Starts the services, unless they run already. */
  start(): Promise<Sandbox> {
    if (this.#running) return this.#running;
    const running = this.#start();
    this.#running = running;
    running.catch(() => {
      // What could not be started may be another time.
      if (this.#running === running) this.#running = undefined;
    });
    return running;
  }

  /** Stops what runs or is being started; what is started meanwhile waits for it. */
  async stop(): Promise<void> {
    const running = this.#running;
    if (!running) return;
    const sandbox = await running.catch(() => undefined);
    if (sandbox) await this.#clear(sandbox);
    if (this.#running === running) this.#running = undefined;
  }

  /** What somebody signs in with at a service of the sandbox: nobody has been told. */
  async loginOf(tenant: string): Promise<SandboxLogin | undefined> {
    const sandbox = await this.#running?.catch(() => undefined);
    return sandbox?.tenants.find(({ tenant: one }) => one['id'] === tenant)?.login;
  }

  async #start(): Promise<Sandbox> {
    const { startSandbox } = await import('../sandbox/index.js');
    const sandbox = await startSandbox();
    try {
      this.#show(sandbox);
      return sandbox;
    } catch (error) {
      await this.#clear(sandbox);
      throw error;
    }
  }

  #show(sandbox: Sandbox): void {
    this.#tenants.setOutside(sandbox.tenants.map(({ tenant }) => tenant));
    for (const { tenant: raw, tokens } of sandbox.tenants) {
      const tenant = this.#tenants.get(String(raw['id']));
      const boundTo = findPlatform(tenant.platform)?.exchangeUrl(tenant) ?? '';
      for (const { name, secret, singleUse } of tokens) {
        const entry = { tenant: tenant.id, name, boundTo, secret, ...(singleUse && { singleUse: true }) };
        this.#vault.addForSession(entry);
      }
    }
    this.#onChange(true);
  }

  async #clear(sandbox: Sandbox): Promise<void> {
    await sandbox.stop();
    // Those that were made at its services too.
    const tokens = sandbox.tenants.flatMap(({ tenant }) => this.#vault.of(String(tenant['id'])));
    for (const { id } of tokens.filter((token) => this.#vault.isForSession(token.id))) await this.#vault.remove(id);
    this.#tenants.setOutside([]);
    this.#onChange(false);
  }
}
