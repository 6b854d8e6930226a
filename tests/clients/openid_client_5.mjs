/* openid_client_5.mjs - openid-client 5, which much that runs today was written for, signs somebody in */
import { Issuer, generators } from 'openid-client-5';
import { serve } from './lines.mjs';

const METHODS = { none: 'none', basic: 'client_secret_basic', post: 'client_secret_post',
	key: 'private_key_jwt' };

async function configured(asked) {
	const issuer = await Issuer.discover(asked.issuer);
	return new issuer.Client({ client_id: asked.client, client_secret: asked.secret, response_types: ['code'],
		redirect_uris: [asked.redirect], post_logout_redirect_uris: [asked.goodbye],
		token_endpoint_auth_method: METHODS[asked.method] }, asked.key ? { keys: [asked.key] } : undefined);
}

async function signIn(client, asked, visit) {
	const checks = { state: generators.state(), nonce: generators.nonce(),
		code_verifier: generators.codeVerifier(), response_type: 'code' };
	const { url, body } = await visit(client.authorizationUrl({ scope: asked.scope, state: checks.state,
		nonce: checks.nonce, response_mode: asked.mode, code_challenge_method: 'S256',
		code_challenge: generators.codeChallenge(checks.code_verifier) }));
	const answer = body === undefined ? client.callbackParams(url) : Object.fromEntries(new URLSearchParams(body));
	return client.callback(asked.redirect, answer, checks);
}

serve(async (asked, visit) => {
	const client = await configured(asked);
	const tokens = await signIn(client, asked, visit);
	const info = await client.userinfo(tokens);
	const second = await client.refresh(tokens, { exchangeBody: { scope: asked.scope } });
	await client.userinfo(second);
	const own = asked.own && await client.grant({ grant_type: 'client_credentials', scope: asked.own });
	const known = asked.method !== 'none' && await client.introspect(second.access_token);
	await client.revoke(second.refresh_token);
	const refused = await client.refresh(second.refresh_token).catch((error) => error.error);
	const left = await visit(client.endSessionUrl({ post_logout_redirect_uri: asked.goodbye,
		id_token_hint: tokens.id_token, state: 'gone' }));
	return { claims: tokens.claims(), info, again: second.claims(), own, known, refused, left };
});
