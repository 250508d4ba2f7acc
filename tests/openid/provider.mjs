// A real OpenID provider for tests: oidc-provider on loopback, with one client and people whose claims are given.
//
//   node provider.mjs PORT CALLBACK CLIENT_SECRET CLAIMS_FILE
//
// CLAIMS_FILE is JSON, read anew at each sign-in: { "subject": { "name": …, "roles": […], "teams": […], "employee": … }, … }.
// Whoever names a subject has signed in as it: the pages ask for no password.
import { readFileSync } from 'node:fs';
import { Provider } from 'oidc-provider';

const [port, callback, secret, claimsFile] = process.argv.slice(2);
const people = () => JSON.parse(readFileSync(claimsFile, 'utf8'));
const provider = new Provider(`http://127.0.0.1:${port}`, {
  clients: [{ client_id: 'fidelity', client_secret: secret, redirect_uris: [callback], token_endpoint_auth_method: 'client_secret_post' }],
  pkce: { required: () => true },
  claims: { openid: ['sub'], profile: ['name', 'roles', 'teams', 'employee'] },
  findAccount: (context, subject) => people()[subject] && { accountId: subject, claims: () => ({ sub: subject, ...people()[subject] }) },
});
provider.listen(Number(port), '127.0.0.1', () => console.log('ready'));
