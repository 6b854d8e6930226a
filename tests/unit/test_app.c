/* Applications: who may ask, and where answers go. */
#include "documents.h"

#include "base/encode.h"

TestSuite(app, .init = begin, .fini = end);

enum { WEB = 1, PUBLIC = 2, ALL = 3 };

static const struct { int where; const char *uri; } uris[] = {
	{ ALL, "https://shop.example/callback" },
	{ ALL, "https://shop.example" },
	{ ALL, "https://shop.example/" },
	{ ALL, "https://shop.example:8443/callback?a=b%20c&d" },
	{ ALL, "https://xn--mnchen-3ya.example/cb" },
	{ ALL, "https://[2001:db8::1]/cb" },
	{ ALL, "https://localhost/cb" },
	{ ALL, "http://127.0.0.1:8090/callback" },
	{ ALL, "http://127.0.0.1/callback" },
	{ ALL, "http://[::1]:3000/callback" },
	{ PUBLIC, "com.example.app:/callback" },
	{ PUBLIC, "com.example.app://callback/x" },
	{ 0, "http://shop.example/callback" },
	{ 0, "http://localhost/callback" },
	{ 0, "http://127.0.0.1.evil.example/" },
	{ 0, "http://127.0.0.1@evil.example/" },
	{ 0, "http://127.0.0.1:80@evil.example/" },
	{ 0, "http://[::1].evil.example/" },
	{ 0, "http://127.0.0.2/" },
	{ 0, "https://shop.example/cb#fragment" },
	{ 0, "https://shop.example/cb#" },
	{ 0, "https://user@shop.example/cb" },
	{ 0, "https://user:word@shop.example/cb" },
	{ 0, "https://shop.example/../cb" },
	{ 0, "https://shop.example/%2e%2E/cb" },
	{ 0, "https://shop.example/%2e./cb" },
	{ 0, "https://shop.example/%5ccb" },
	{ 0, "https://shop.example\\@evil.example/" },
	{ 0, "https://shop.example/%0d%0aSet-Cookie:x" },
	{ 0, "https://shop.example/%00" },
	{ 0, "https://shop.example/%4" },
	{ 0, "https://shop.example/%zz" },
	{ 0, "https://shop.example/a b" },
	{ 0, "https://shop.example/\r\nX: y" },
	{ 0, "https://shop.example/\x7f" },
	{ 0, "https://m\xc3\xbcnchen.example/" },
	{ 0, "https://*.shop.example/" },
	{ 0, "https://shop.example/*" },
	{ 0, "https://shop.example:0/" },
	{ 0, "https://shop.example:65536/" },
	{ 0, "https://shop.example:999999/" },
	{ 0, "https://shop.example:/" },
	{ 0, "https://shop.example:8o/" },
	{ 0, "https:///callback" },
	{ 0, "https://.example/" },
	{ 0, "https://[::1/" },
	{ 0, "https://[]x/" },
	{ 0, "https:shop.example/" },
	{ 0, "HTTPS://shop.example/" },
	{ 0, "//shop.example/cb" },
	{ 0, "/callback" },
	{ 0, "" },
	{ 0, "javascript:alert(1)" },
	{ 0, "data:text/html,x" },
	{ 0, "myapp:/callback" },
	{ 0, "com.example.app:" },
	{ 0, "com.example.app://user@host/" },
	{ 0, "Com.Example.App:/callback" },
	{ 0, ".com:/x" },
	{ 0, "urn:ietf:wg:oauth:2.0:oob" },
};

/* Requirements 19 and 20, attacks D6 and D10: what may be registered. */
Test(app, req19_req20_redirect_uris_that_may_be_registered)
{
	for (size_t i = 0; i < COUNT(uris); i++) {
		const char *why = NULL;
		bool web = app_uri_allowed(APP_WEB, uris[i].uri, &why);
		cr_assert_eq(web, (uris[i].where & WEB) != 0, "%s: %s", uris[i].uri, why);
		cr_assert(web == (why == NULL));
		cr_assert_eq(app_uri_allowed(APP_SPA, uris[i].uri, &why), web);
		cr_assert_eq(app_uri_allowed(APP_PUBLIC, uris[i].uri, &why),
		    (uris[i].where & PUBLIC) != 0, "%s: %s", uris[i].uri, why);
	}
}

/* Requirement 17: exact; 103: the loopback port of native clients is theirs. */
Test(app, req17_req103_redirect_uris_are_compared_byte_for_byte)
{
	static const struct app_redirect redirects[] = {
		{ APP_WEB, "https://shop.example/cb" },
		{ APP_WEB, "http://127.0.0.1:8090/callback" },
		{ APP_PUBLIC, "http://127.0.0.1/native?x=1" },
		{ APP_PUBLIC, "http://[::1]:7000/native" },
		{ APP_PUBLIC, "com.example.app:/cb" },
	};
	static const struct app app = { .redirects = redirects, .redirect_count = 5 };
	static const struct { const char *uri; int place; } rows[] = {
		{ "https://shop.example/cb", 0 },
		{ "https://shop.example/CB", -1 },
		{ "https://shop.example/cb/", -1 },
		{ "https://shop.example/%63b", -1 },
		{ "https://shop.example/cb?x=1", -1 },
		{ "https://shop.example/cb#", -1 },
		{ "https://shop.example:443/cb", -1 },
		{ "https://SHOP.example/cb", -1 },
		{ "HTTPS://shop.example/cb", -1 },
		{ "https://user@shop.example/cb", -1 },
		{ "https://shop.example/./cb", -1 },
		{ "https://shop.example/x/../cb", -1 },
		{ "https://shop.example\\/cb", -1 },
		{ "https://shop.example.evil/cb", -1 },
		{ "https://shop.example/cb.evil", -1 },
		{ "http://shop.example/cb", -1 },
		{ "", -1 },
		{ "http://127.0.0.1:8090/callback", 1 },
		{ "http://127.0.0.1:8091/callback", -1 },
		{ "http://127.0.0.1/callback", -1 },
		{ "http://127.0.0.1/native?x=1", 2 },
		{ "http://127.0.0.1:1/native?x=1", 2 },
		{ "http://127.0.0.1:65535/native?x=1", 2 },
		{ "http://127.0.0.1:65536/native?x=1", -1 },
		{ "http://127.0.0.1:0/native?x=1", -1 },
		{ "http://127.0.0.1:/native?x=1", -1 },
		{ "http://127.0.0.1:80@evil.example/native?x=1", -1 },
		{ "http://127.0.0.1:80/native", -1 },
		{ "http://127.0.0.1:80/native?x=12", -1 },
		{ "http://127.0.0.1.evil/native?x=1", -1 },
		{ "http://[::1]/native", 3 },
		{ "http://[::1]:9/native", 3 },
		{ "http://127.0.0.1:9/native", -1 },
		{ "http://localhost:9/native", -1 },
		{ "https://127.0.0.1:9/native?x=1", -1 },
		{ "com.example.app:/cb", 4 },
		{ "com.example.app:/cb2", -1 },
	};

	for (size_t i = 0; i < COUNT(rows); i++)
		cr_assert(app_redirect(&app, rows[i].uri) ==
		    (rows[i].place < 0 ? NULL : &redirects[rows[i].place]), "%s", rows[i].uri);
}

#define APP(more) "{'id':'" A "','appId':'" B "','displayName':'Shop'" more "}"
#define HASH "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8"
#define SECRET "{'keyId':'" C "','secretHash':'" HASH "','endDateTime':'2027-01-01T00:00:00Z'}"

#define KEY(more) "{'keyId':'" C "','jwk':{'kty':'EC','crv':'P-256','x':'" HASH "'," \
	"'y':'" HASH "'," more "}}"

Test(app, apps_have_a_canonical_shape)
{
	same(DOCUMENT_APP, APP(""), "{'id':'" A "','appId':'" B "','displayName':'Shop',"
	    "'createdDateTime':null,'accountEnabled':true,'identifierUris':[],"
	    "'api':{'oauth2PermissionScopes':[],'requestedAccessTokenVersion':null,"
	    "'acceptMappedClaims':null,'knownClientApplications':[],"
	    "'preAuthorizedApplications':[]},'appRoles':[],'appRoleAssignmentRequired':false,"
	    "'appRoleAssignedTo':[],'requiredResourceAccess':[],"
	    "'groupMembershipClaims':'None',"
	    "'optionalClaims':{'idToken':[],'accessToken':[],'saml2Token':[]},"
	    "'isFallbackPublicClient':null,'nativeAuthenticationApisEnabled':'none',"
	    "'idTokenSignedResponseAlg':'RS256','subjectType':'public','allowWithoutPkce':false,"
	    "'allowRefreshTokens':true,'postLogoutRedirectUris':[],'backchannelLogoutUri':null,"
	    "'backchannelLogoutSessionRequired':null,'frontchannelLogoutUri':null,"
	    "'frontchannelLogoutSessionRequired':null,'thirdParty':null,"
	    "'allowClientCredentials':true,'allowDeviceCode':false,"
	    "'requirePushedAuthorizationRequests':false,"
	    "'web':{'redirectUris':[],'logoutUrl':null},'spa':{'redirectUris':[]},"
	    "'publicClient':{'redirectUris':[]},'passwordCredentials':[],'keyCredentials':[],"
	    "'customSecurityAttributes':null}");
}

Test(app, req20_req55_apps_are_checked)
{
	static const struct { const char *document, *wrong; } rows[] = {
		{ APP(",'passwordCredentials':[" SECRET "],'allowWithoutPkce':true"), "" },
		{ APP(",'web':{'redirectUris':['https://a.example/cb'],"
		    "'logoutUrl':'https://a.example/out'}"), "" },
		{ APP(",'spa':{'redirectUris':['https://a.example/cb']},"
		    "'frontchannelLogoutUri':'https://a.example?out'"), "" },
		{ APP(",'web':{'redirectUris':['https://a.example/cb']},"
		    "'frontchannelLogoutUri':'https://a.example:444/out'"),
		    "frontchannelLogoutUri=InvalidValue" },
		{ APP(",'publicClient':{'redirectUris':['com.example.app:/cb']},"
		    "'frontchannelLogoutUri':'com.example.app:/out'"),
		    "frontchannelLogoutUri=InvalidValue frontchannelLogoutUri=InvalidValue" },
		{ "{'displayName':'x'}", "id=Required appId=Required" },
		{ APP(",'web':{'redirectUris':['https://a.example/cb','http://a.example/cb'],"
		    "'logoutUrl':'ftp://x'}"),
		    "web.redirectUris[1]=InvalidValue web.logoutUrl=InvalidValue" },
		{ APP(",'web':{'redirectUris':['com.example.app:/cb']}"),
		    "web.redirectUris[0]=InvalidValue" },
		{ APP(",'publicClient':{'redirectUris':['com.example.app:/cb']}"), "" },
		{ APP(",'web':{'redirectUris':['https://a.example/cb']},"
		    "'spa':{'redirectUris':['https://a.example/cb']}"),
		    "spa.redirectUris[0]=InvalidValue" },
		{ APP(",'allowWithoutPkce':true"), "allowWithoutPkce=InvalidValue" },
		{ APP(",'passwordCredentials':[{'keyId':'" C "','secretText':'hush'}]"),
		    "passwordCredentials[0].secretText=UnknownProperty "
		    "passwordCredentials[0].secretHash=Required "
		    "passwordCredentials[0].secretHash=InvalidValue" },
		{ APP(",'keyCredentials':[" KEY("'use':'sig'") "],'allowWithoutPkce':true"), "" },
		{ APP(",'keyCredentials':[" KEY("'d':'AA'") "]"),
		    "keyCredentials[0].jwk.d=NotSupported" },
		{ APP(",'keyCredentials':[" KEY("'use':'enc','alg':'HS256','x5u':'https://a'") "]"),
		    "keyCredentials[0].jwk.x5u=UnknownProperty "
		    "keyCredentials[0].jwk.use=InvalidValue keyCredentials[0].jwk.alg=InvalidValue" },
		{ APP(",'keyCredentials':[{'keyId':'" C "','key':'MIIB'}]"),
		    "keyCredentials[0].key=UnknownProperty keyCredentials[0].jwk=Required" },
		{ APP(",'idTokenSignedResponseAlg':'none'"),
		    "idTokenSignedResponseAlg=InvalidValue" },
		{ APP(",'nativeAuthenticationApisEnabled':true"),
		    "nativeAuthenticationApisEnabled=InvalidValue" },
		{ APP(",'web':7,'spa':[],'publicClient':{'x':1}"),
		    "web=InvalidType spa=InvalidType publicClient.x=UnknownProperty" },
	};

	for (size_t i = 0; i < COUNT(rows); i++)
		expect(DOCUMENT_APP, rows[i].document, rows[i].wrong);
	const char *many = "'http://127.0.0.1:1/0'";
	for (int i = 1; i < 100; i++)
		many = text_print(&arena, "%s,'http://127.0.0.1:1/%d'", many, i);
	expect(DOCUMENT_APP, text_print(&arena, APP(",'web':{'redirectUris':[%s]}"), many), "");
	expect(DOCUMENT_APP, text_print(&arena, APP(",'web':{'redirectUris':[%s]},"
	    "'spa':{'redirectUris':['https://a.example']}"), many), "web.redirectUris=TooMany");
}

#define SCOPE(id, value) "{'id':'" id "','value':'" value "'}"
#define ROLE(id, value, types) "{'id':'" id "','value':'" value "','allowedMemberTypes':[" types "]}"

Test(app, req70_apis_are_checked)
{
	static const struct { const char *document, *wrong; } rows[] = {
		{ APP(",'identifierUris':['api://shop','https://a.example/api','urn:a:b']"), "" },
		{ APP(",'identifierUris':['shop','api://shop/','https://a#b','a:b c',':x']"),
		    "identifierUris[0]=InvalidValue identifierUris[1]=InvalidValue "
		    "identifierUris[2]=InvalidValue identifierUris[3]=InvalidValue "
		    "identifierUris[4]=InvalidValue" },
		{ APP(",'api':{'oauth2PermissionScopes':[" SCOPE(A, "Shop.Read") "],"
		    "'requestedAccessTokenVersion':2}"), "" },
		{ APP(",'api':{'requestedAccessTokenVersion':1}"),
		    "api.requestedAccessTokenVersion=OutOfRange" },
		{ APP(",'api':{'preAuthorizedApplications':[{'appId':'" C "'}]}"),
		    "api.preAuthorizedApplications[0]=NotSupported" },
		{ APP(",'api':{'oauth2PermissionScopes':[" SCOPE(A, "a b") "," SCOPE(B, "openid")
		    "," SCOPE(C, ".default") "]}"),
		    "api.oauth2PermissionScopes[0].value=InvalidValue "
		    "api.oauth2PermissionScopes[1].value=InvalidValue "
		    "api.oauth2PermissionScopes[2].value=InvalidValue" },
		{ APP(",'api':{'oauth2PermissionScopes':[" SCOPE(A, "a/b") "]}"),
		    "api.oauth2PermissionScopes[0].value=InvalidValue" },
		{ APP(",'api':{'oauth2PermissionScopes':[" SCOPE(A, "a") "," SCOPE(B, "a") "]},"
		    "'appRoles':[" ROLE(A, "a", "'User'") "]"),
		    "api.oauth2PermissionScopes[1].value=InvalidValue appRoles[0].id=InvalidValue" },
		{ APP(",'appRoles':[" ROLE(A, "r", "'user','Application'") "],"
		    "'appRoleAssignedTo':[{'principalId':'" B "','appRoleId':'" A "'},"
		    "{'principalId':'" C "','principalType':'Group'}]"), "" },
		{ APP(",'appRoles':[" ROLE(A, "r", "'Application'") "," ROLE(B, "s", "") "],"
		    "'appRoleAssignedTo':[{'principalId':'" B "','appRoleId':'" A "'}]"),
		    "appRoles[1].allowedMemberTypes=Required "
		    "appRoleAssignedTo[0].appRoleId=InvalidValue" },
		{ APP(",'requiredResourceAccess':[{'resourceAppId':'" C "','resourceAccess':["
		    "{'id':'" A "','type':'Scope'}]}]"), "" },
		{ APP(",'requiredResourceAccess':[{'resourceAppId':'" C "','resourceAccess':["
		    "{'id':'" A "'}]}]"),
		    "requiredResourceAccess[0].resourceAccess[0].type=Required" },
		{ APP(",'groupMembershipClaims':'DirectoryRole'"),
		    "groupMembershipClaims=InvalidValue" },
		{ APP(",'optionalClaims':{'idToken':[{'name':'auth_time','essential':true,"
		    "'source':null,'additionalProperties':[]}],"
		    "'accessToken':[{'name':'email'}]}"), "" },
		{ APP(",'optionalClaims':{'accessToken':[{'name':'email'},{'name':'shoe_size'}],"
		    "'saml2Token':[{'name':'email'}]}"), "optionalClaims.saml2Token[0]=NotSupported "
		    "optionalClaims.accessToken[1].name=InvalidValue" },
	};

	for (size_t i = 0; i < COUNT(rows); i++)
		expect(DOCUMENT_APP, rows[i].document, rows[i].wrong);
}

/* As in the original: what a PATCH of optionalClaims leaves out is gone. */
Test(app, optional_claims_are_replaced_whole)
{
	json_t *base = read_json("{'optionalClaims':{'idToken':[{'name':'name'}]},'web':{'a':1}}");
	json_t *patch = read_json("{'optionalClaims':{'accessToken':[]},'web':{'b':2}}");
	json_t *merged = document_merge(base, patch);

	cr_assert_str_eq(json_write(&arena, merged), "{\"optionalClaims\":{\"accessToken\":[]},"
	    "\"web\":{\"a\":1,\"b\":2}}");
	json_decref(base);
	json_decref(patch);
	json_decref(merged);
}

Test(app, apps_compile)
{
	json_t *canonical = check(DOCUMENT_APP, APP(",'passwordCredentials':[" SECRET "],"
	    "'allowWithoutPkce':true,'idTokenSignedResponseAlg':'es256',"
	    "'nativeAuthenticationApisEnabled':'all','web':{'redirectUris':['https://a.example'],"
	    "'logoutUrl':'https://a.example/out'},"
	    "'publicClient':{'redirectUris':['com.example.app:/cb']}"));
	struct app app = { 0 };

	cr_assert(app_compile(&arena, canonical, &app));
	cr_assert_str_eq(app.client_id, B);
	cr_assert_str_eq(app.display_name, "Shop");
	cr_assert_str_eq(app.logout_uri, "https://a.example/out");
	cr_assert(app.enabled && app.es256 && app.native_api && app.without_pkce);
	cr_assert(app.refresh_tokens);
	cr_assert(app_confidential(&app));
	cr_assert_eq(app.secrets[0].hash[31], 31);
	cr_assert_eq(app.secrets[0].expires, INT64_C(1798761600000));
	cr_assert_eq(app.redirect_count, 2);
	cr_assert_eq(app.redirects[1].platform, APP_PUBLIC);
	json_decref(canonical);
	canonical = check(DOCUMENT_APP, APP(",'accountEnabled':false,'allowRefreshTokens':false"));
	cr_assert(app_compile(&arena, canonical, &app));
	cr_assert(!app.enabled && !app_confidential(&app) && !app.without_pkce && !app.es256 &&
	    !app.refresh_tokens);
	json_decref(canonical);
}
