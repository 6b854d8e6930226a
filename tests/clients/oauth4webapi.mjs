/* oauth4webapi.mjs - oauth4webapi, the strictest reader of the RFCs, signs somebody in */
import * as oauth from 'oauth4webapi';
import { serve, signing } from './lines.mjs';

class Client {
	static async discovered(asked) {
		const self = new Client(), issuer = new URL(asked.issuer);
		self.asked = asked;
		self.options = { [oauth.allowInsecureRequests]: asked.issuer.startsWith('http:') };
		self.server = await oauth.processDiscoveryResponse(issuer,
			await oauth.discoveryRequest(issuer, { ...self.options, algorithm: 'oidc' }));
		self.client = { client_id: asked.client };
		self.auth = await { none: () => oauth.None(), basic: () => oauth.ClientSecretBasic(asked.secret),
			post: () => oauth.ClientSecretPost(asked.secret),
			key: async () => oauth.PrivateKeyJwt({ key: await signing(asked.key), kid: asked.key.kid }),
		}[asked.method]();
		return self;
	}

	async signIn(visit) {
		const { server, client, asked } = this;
		const verifier = oauth.generateRandomCodeVerifier(), state = oauth.generateRandomState();
		const nonce = oauth.generateRandomNonce(), url = new URL(server.authorization_endpoint);
		url.search = new URLSearchParams(await this.pushed({ client_id: asked.client, response_type: 'code',
			redirect_uri: asked.redirect, scope: asked.scope, state, nonce, response_mode: asked.mode,
			code_challenge: await oauth.calculatePKCECodeChallenge(verifier), code_challenge_method: 'S256' }));
		const back = await visit(url), at = new URL(back.url);
		const answer = back.body !== undefined ? new URLSearchParams(back.body) :
			asked.mode === 'fragment' ? new URLSearchParams(at.hash.slice(1)) : at;
		const response = await oauth.authorizationCodeGrantRequest(server, client, this.auth,
			oauth.validateAuthResponse(server, client, answer, state), asked.redirect, verifier, this.options);
		const tokens = await oauth.processAuthorizationCodeResponse(server, client, response,
			{ expectedNonce: nonce, requireIdToken: true });
		await oauth.validateApplicationLevelSignature(server, response, this.options);
		return tokens;
	}

	/* The parameters of the request: itself, or what it was pushed as. */
	async pushed(request) {
		const { server, client, asked } = this;
		if (!asked.pushed)
			return request;
		const { request_uri } = await oauth.processPushedAuthorizationResponse(server, client,
			await oauth.pushedAuthorizationRequest(server, client, this.auth, request, this.options));
		return { client_id: asked.client, request_uri };
	}

	/* A token of the client's own. */
	async own(scope) {
		return oauth.processClientCredentialsResponse(this.server, this.client,
			await oauth.clientCredentialsGrantRequest(this.server, this.client, this.auth, { scope }, this.options));
	}

	async info(token, sub) {
		return oauth.processUserInfoResponse(this.server, this.client, sub,
			await oauth.userInfoRequest(this.server, this.client, token, this.options));
	}

	async refresh(token, scope) {
		const response = await oauth.refreshTokenGrantRequest(this.server, this.client, this.auth, token,
			{ ...this.options, additionalParameters: scope && { scope } });
		const tokens = await oauth.processRefreshTokenResponse(this.server, this.client, response);
		await oauth.validateApplicationLevelSignature(this.server, response, this.options);
		return tokens;
	}

	async introspect(token) {
		return oauth.processIntrospectionResponse(this.server, this.client,
			await oauth.introspectionRequest(this.server, this.client, this.auth, token, this.options));
	}

	async revoke(token) {
		return oauth.processRevocationResponse(
			await oauth.revocationRequest(this.server, this.client, this.auth, token, this.options));
	}

	/* The token as an API would look at it, RFC 9068. */
	async presented(token) {
		return oauth.validateJwtAccessToken(this.server, new Request('https://api.example/', {
			headers: { Authorization: `Bearer ${token}` } }), this.asked.client, this.options);
	}

	goodbye(hint) {
		const url = new URL(this.server.end_session_endpoint);
		url.search = new URLSearchParams({ id_token_hint: hint, client_id: this.asked.client,
			post_logout_redirect_uri: this.asked.goodbye, state: 'gone' });
		return url;
	}
}

serve(async (asked, visit) => {
	const self = await Client.discovered(asked);
	const tokens = await self.signIn(visit), claims = oauth.getValidatedIdTokenClaims(tokens);
	const info = await self.info(tokens.access_token, claims.sub);
	const second = await self.refresh(tokens.refresh_token, asked.scope);
	await self.info(second.access_token, claims.sub);
	const presented = await self.presented(second.access_token);
	const own = asked.own && await self.own(asked.own);
	if (own)
		await self.presented(own.access_token);
	const known = asked.method !== 'none' && await self.introspect(second.access_token);
	await self.revoke(second.refresh_token);
	const refused = await self.refresh(second.refresh_token).catch((error) => error.error);
	const left = await visit(self.goodbye(tokens.id_token));
	return { claims, info, again: oauth.getValidatedIdTokenClaims(second), presented, own, known, refused, left };
});
