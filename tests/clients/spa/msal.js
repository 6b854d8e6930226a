/* msal.js - a single-page app on MSAL, in the mode that it has for Entra, or in the plain one */
'use strict';

const { hint, scopes, ...auth } = settings;
const app = new msal.PublicClientApplication({ auth, cache: { cacheLocation: 'sessionStorage' } });
const account = () => app.getAllAccounts()[0];

function person(result) {
	return { claims: result.idTokenClaims, token: result.accessToken, home: result.account.homeAccountId };
}

async function profile() {
	const { accessToken, authority } = await app.acquireTokenSilent({ scopes, account: account() });
	const answer = await fetch(authority.replace(/\/?(v2\.0)?\/?$/, '/oauth2/v2.0/userinfo'),
		{ headers: { Authorization: `Bearer ${accessToken}` } });
	return { status: answer.status, info: await answer.json() };
}

buttons({
	'sign-in': () => app.loginRedirect({ scopes }),
	renew: async () => person(await app.acquireTokenSilent({ scopes, account: account(), forceRefresh: true })),
	profile,
	silent: async () => person(await app.ssoSilent({ scopes })),
	'sign-out': () => app.logoutRedirect({ account: account(), idTokenHint: hint ? account().idToken : undefined }),
});

async function begin() {
	await app.initialize();
	const result = await app.handleRedirectPromise();
	show(result ? person(result) : { out: account() === undefined });
}

begin().catch(failed);
