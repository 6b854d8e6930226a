/* oidc_client_ts.js - a single-page app on oidc-client-ts */
'use strict';

const manager = new oidc.UserManager({ ...settings, loadUserInfo: true, automaticSilentRenew: false,
	filterProtocolClaims: false, userStore: new oidc.WebStorageStateStore({ store: sessionStorage }) });

async function person(user) {
	return { claims: user.profile, token: user.access_token, renewable: Boolean(user.refresh_token) };
}

async function profile() {
	const user = await manager.getUser(), { userinfo_endpoint } = await manager.metadataService.getMetadata();
	const answer = await fetch(userinfo_endpoint, { headers: { Authorization: `Bearer ${user.access_token}` } });
	return { status: answer.status, info: await answer.json() };
}

buttons({
	'sign-in': () => manager.signinRedirect({ nonce: 'n-' + crypto.randomUUID() }),
	renew: async () => person(await manager.signinSilent()),
	profile,
	silent: async () => {
		await manager.revokeTokens(['access_token', 'refresh_token']);
		return { status: await profile().then((told) => told.status, () => 401) };
	},
	'sign-out': () => manager.signoutRedirect({ state: 'gone' }),
});

async function begin() {
	const url = new URL(location.href);
	if (url.searchParams.has('code') || location.hash.includes('code='))
		show(await person(await manager.signinCallback()));
	else if (url.searchParams.has('state'))
		show({ out: await manager.signoutCallback().then(() => true) });
	else
		show({ out: true });
}

begin().catch(failed);
