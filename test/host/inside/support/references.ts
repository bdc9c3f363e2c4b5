/** The reference to the first API token of a tenant. */
export const reference = (tenant: string): string => `{{$processEnv TENANT_TOKEN_${tenant.replaceAll('-', '_').toUpperCase()}}}`;

export const bearer = (token: string): string => `Authorization: Bearer ${token}`;
