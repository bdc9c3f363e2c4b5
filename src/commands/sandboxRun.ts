import type { Sandbox, SandboxLogin } from '../sandbox/index.js';
import { findPlatform } from '../platforms/index.js';
import type { Tenants } from '../tenants/tenants.js';
import type { Vault } from '../store/vault.js';

/** The sandbox of this window. Its tenants and tokens last as long as its services run; nothing is stored. */
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

  /** Starts the services unless they are running. */
  start(): Promise<Sandbox> {
    if (this.#running) return this.#running;
    const running = this.#start();
    this.#running = running;
    running.catch(() => {
      // A later call may succeed.
      if (this.#running === running) this.#running = undefined;
    });
    return running;
  }

  /** Stops the services, also while they start. */
  async stop(): Promise<void> {
    const running = this.#running;
    if (!running) return;
    const sandbox = await running.catch(() => undefined);
    if (sandbox) await this.#clear(sandbox);
    if (this.#running === running) this.#running = undefined;
  }

  /** The login of a sandbox service, to fill in for the person. */
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
    // Including tokens created at its services.
    const tokens = sandbox.tenants.flatMap(({ tenant }) => this.#vault.of(String(tenant['id'])));
    for (const { id } of tokens.filter((token) => this.#vault.isForSession(token.id))) await this.#vault.remove(id);
    this.#tenants.setOutside([]);
    this.#onChange(false);
  }
}
