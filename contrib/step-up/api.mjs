// An API whose sensitive path wants more than a sign-in: Node.js alone, nothing to install.
//
//	node api.mjs PORT ISSUER AUDIENCE
//
//	GET /orders    any good access token for this API
//	GET /checkout  one whose sign-in meets the authentication context c1: acrs
//	GET /profile   c1, and signed in within ten minutes: max_age
//
// What is missing is told as a challenge that the app takes to the authorization endpoint: by
// RFC 9470 (acr_values, max_age) and as the original does (claims). On loopback: in production this
// stands behind your own TLS.
import { createPublicKey, verify } from 'node:crypto';
import { createServer } from 'node:http';

const [port, issuer, audience] = process.argv.slice(2);
const CONTEXT = 'c1', RECENT = 600, KEYS_PAUSE = 60000;
const WANTED = JSON.stringify({ access_token: { acrs: { essential: true, value: CONTEXT } } });
const PATHS = { '/orders': {}, '/checkout': { context: true }, '/profile': { context: true, recent: true } };
let metadata, keys = new Map(), fetched = 0;

async function read(url) {
	const answer = await fetch(url, { redirect: 'error', signal: AbortSignal.timeout(5000) });
	if (!answer.ok)
		throw new Error(`${url} answers ${answer.status}`);
	return answer.json();
}

// An unknown key may be a new one; but nobody makes us ask more often than once a minute.
async function key(kid) {
	if (!keys.has(kid) && Date.now() - fetched > KEYS_PAUSE) {
		metadata = await read(`${issuer}/.well-known/openid-configuration`);
		if (metadata.issuer !== issuer)
			throw new Error('the metadata is of another issuer');
		const found = await read(metadata.jwks_uri);
		keys = new Map(found.keys.filter(one => one.alg === 'ES256').map(one =>
			[one.kid, createPublicKey({ key: one, format: 'jwk' })]));
		fetched = Date.now();
	}
	return keys.get(kid);
}

const part = text => JSON.parse(Buffer.from(text, 'base64url').toString());

// RFC 9068 4. Undefined: the token is not good, for whatever reason.
async function claimsOf(token) {
	const parts = token.split('.');
	if (token.length > 16384 || parts.length !== 3)
		return undefined;
	let head, claims;
	try {
		head = part(parts[0]);
		claims = part(parts[1]);
	} catch {
		return undefined;
	}
	// The algorithm is ours to choose, not the token's.
	if (head?.alg !== 'ES256' || head.typ !== 'at+jwt' || head.crit !== undefined)
		return undefined;
	const signer = await key(head.kid), now = Date.now() / 1000;
	const good = signer && verify('sha256', Buffer.from(`${parts[0]}.${parts[1]}`),
		{ key: signer, dsaEncoding: 'ieee-p1363' }, Buffer.from(parts[2], 'base64url'));
	return good && claims.iss === issuer && [claims.aud].flat().includes(audience) &&
		claims.exp > now && claims.nbf <= now + 60 ? claims : undefined;
}

function bearer(values) {
	return 'Bearer realm=""' + Object.entries(values).map(([name, value]) => `, ${name}="${value}"`).join('');
}

function challenge(claims, path) {
	const more = { error: 'insufficient_user_authentication', error_description: 'More is asked for than this sign-in has',
		acr_values: CONTEXT };
	if (path.recent)
		more.max_age = RECENT;
	return [bearer(more), bearer({ authorization_uri: metadata.authorization_endpoint, client_id: claims.client_id,
		error: 'insufficient_claims', claims: Buffer.from(WANTED).toString('base64'), cc_type: 'authcontext' })];
}

function met(claims, path) {
	const has = Array.isArray(claims.acrs) && claims.acrs.includes(CONTEXT);
	return (!path.context || has) && (!path.recent || claims.auth_time > Date.now() / 1000 - RECENT);
}

async function answer(request, reply) {
	const path = Object.hasOwn(PATHS, request.url) ? PATHS[request.url] : undefined;
	const token = /^Bearer ([A-Za-z0-9._~+/=-]+)$/i.exec(request.headers.authorization ?? '')?.[1];
	if (!path)
		return reply.writeHead(404).end();
	if (!token)
		return reply.writeHead(401, { 'WWW-Authenticate': bearer({}) }).end();
	const claims = await claimsOf(token);
	if (!claims)
		return reply.writeHead(401, { 'WWW-Authenticate': bearer({ error: 'invalid_token' }) }).end();
	if (!met(claims, path))
		return reply.writeHead(401, { 'WWW-Authenticate': challenge(claims, path) }).end();
	return reply.writeHead(200, { 'Content-Type': 'application/json', 'Cache-Control': 'no-store' })
		.end(JSON.stringify({ path: request.url, customer: claims.sub }));
}

createServer((request, reply) => answer(request, reply).catch(error => {
	console.error(error.message);
	reply.writeHead(503).end();
})).listen(Number(port), '127.0.0.1', () => console.log('ready'));
