/* openid_client_6.mjs - openid-client 6 signs somebody in */
import * as client from 'openid-client';
import { serve, signing } from './lines.mjs';

async function authentication({ method, secret, key }) {
	return { none: () => client.None(), basic: () => client.ClientSecretBasic(secret),
		post: () => client.ClientSecretPost(secret),
		key: async () => client.PrivateKeyJwt({ key: await signing(key), kid: key.kid }) }[method]();
}

async function configured(asked) {
	const execute = [client.enableNonRepudiationChecks];
	if (asked.issuer.startsWith('http:'))
		execute.push(client.allowInsecureRequests);
	return client.discovery(new URL(asked.issuer), asked.client, undefined, await authentication(asked), { execute });
}

function returned({ url, body }) {
	return body === undefined ? new URL(url) : new Request(url, { method: 'POST', body,
		headers: { 'Content-Type': 'application/x-www-form-urlencoded' } });
}

async function signIn(config, asked, visit) {
	const checks = { pkceCodeVerifier: client.randomPKCECodeVerifier(), expectedState: client.randomState(),
		expectedNonce: client.randomNonce(), idTokenExpected: true };
	const build = asked.pushed ? client.buildAuthorizationUrlWithPAR : client.buildAuthorizationUrl;
	const url = await build(config, { redirect_uri: asked.redirect, scope: asked.scope,
		state: checks.expectedState, nonce: checks.expectedNonce, response_mode: asked.mode,
		code_challenge: await client.calculatePKCECodeChallenge(checks.pkceCodeVerifier),
		code_challenge_method: 'S256' });
	return client.authorizationCodeGrant(config, returned(await visit(url)), checks);
}

serve(async (asked, visit) => {
	const config = await configured(asked);
	const tokens = await signIn(config, asked, visit), claims = tokens.claims();
	const info = await client.fetchUserInfo(config, tokens.access_token, claims.sub);
	const second = await client.refreshTokenGrant(config, tokens.refresh_token, { scope: asked.scope });
	await client.fetchUserInfo(config, second.access_token, claims.sub);
	const own = asked.own && await client.clientCredentialsGrant(config, { scope: asked.own });
	const known = asked.method !== 'none' && await client.tokenIntrospection(config, second.access_token);
	await client.tokenRevocation(config, second.refresh_token);
	const refused = await client.refreshTokenGrant(config, second.refresh_token).catch((error) => error.error);
	const left = await visit(client.buildEndSessionUrl(config, { post_logout_redirect_uri: asked.goodbye,
		id_token_hint: tokens.id_token, state: 'gone' }));
	return { claims, info, again: second.claims(), own, known, refused, left };
});
