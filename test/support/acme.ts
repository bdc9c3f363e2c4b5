/** A tenant as the settings have it, whose headers need no discovery. */
export const ACME = {
  id: 'acme',
  name: 'Acme',
  platform: 'cloud-director',
  url: 'https://a.example',
  organization: 'acme',
  apiVersion: '39.0',
};
