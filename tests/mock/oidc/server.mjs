// server.mjs FOLDER PORT CERTIFICATE KEY: oidc-provider, found in FOLDER/node_modules, over HTTPS on loopback. Whoever comes is signed in and consents at
// once. It prints a line when it listens.
import fs from 'node:fs';
import https from 'node:https';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

const [folder, port, certificate, key] = process.argv.slice(2);
const { default: Provider } = await import(pathToFileURL(createRequire(folder + '/').resolve('oidc-provider')));

const provider = new Provider(`https://127.0.0.1:${port}`, {
  scopes: ['openid', 'offline_access'],
  features: { devInteractions: { enabled: false }, registration: { enabled: true }, revocation: { enabled: true } },
  interactions: { url: (context, interaction) => `/interaction/${interaction.uid}` },
  findAccount: (context, id) => ({ accountId: id, claims: () => ({ sub: id }) }),
  issueRefreshToken: () => true,
  rotateRefreshToken: true,
  pkce: { required: () => true },
  cookies: { keys: ['only for tests'] },
});

async function consent(request, response) {
  const { params } = await provider.interactionDetails(request, response);
  const grant = new provider.Grant({ accountId: 'me', clientId: params.client_id });
  grant.addOIDCScope(params.scope);
  await provider.interactionFinished(request, response, { login: { accountId: 'me' }, consent: { grantId: await grant.save() } });
}

const handle = provider.callback();
https.createServer({ cert: fs.readFileSync(certificate), key: fs.readFileSync(key) }, (request, response) => {
  if (request.url.startsWith('/interaction/')) {
    consent(request, response).catch((error) => { response.statusCode = 500; response.end(String(error)); });
  } else {
    handle(request, response);
  }
}).listen(Number(port), '127.0.0.1', () => console.log('listening'));
