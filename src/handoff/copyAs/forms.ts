import { curlForBash, curlForCmd, curlForPowerShell } from './curl.js';
import { httpie } from './httpie.js';
import { invokeRestMethod } from './invokeRestMethod.js';
import type { CommandRequest } from './request.js';

/** The commands that a request can be copied as. Each throws UnquotableError for what it cannot express. */
export const copyForms = {
  'curl-bash': curlForBash,
  'curl-powershell': curlForPowerShell,
  'curl-cmd': curlForCmd,
  httpie,
  'invoke-restmethod': invokeRestMethod,
} as const satisfies Readonly<Record<string, (request: CommandRequest) => string>>;

export type CopyForm = keyof typeof copyForms;
