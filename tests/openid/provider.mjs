// An OpenID provider on a free port of this machine: whoever types a name is that person.
// node provider.mjs CLIENT_ID CLIENT_SECRET REDIRECT_URI...; prints its issuer when it takes requests.
import { createServer } from "node:http";
import { Provider } from "oidc-provider";

const [client_id, client_secret, ...redirect_uris] = process.argv.slice(2);
const server = createServer();

server.listen(0, "127.0.0.1", () => {
  const issuer = `http://127.0.0.1:${server.address().port}`;
  const provider = new Provider(issuer, {
    clients: [{ client_id, client_secret, redirect_uris }],
    pkce: { required: () => true },
    claims: { openid: ["sub"], email: ["email", "email_verified"], profile: ["name"] },
    cookies: { keys: ["a key of the tests"] },
    ttl: { Session: 600, Interaction: 600, Grant: 600, AccessToken: 600, IdToken: 600 },
    findAccount: (context, id) => ({
      accountId: id,
      claims: () => ({ sub: id, email: `${id}@example.com`, email_verified: !id.startsWith("unverified"), name: id }),
    }),
  });
  server.on("request", provider.callback());
  console.log(issuer);
});
