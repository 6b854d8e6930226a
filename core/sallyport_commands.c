/* sallyport_commands.c - one row for each command: all that is known of it */
#include "sallyport.h"

#define LIST(word, many, kind, in) { .words = word " list", .arguments = "", \
	.tenant = in, .summary = "lists " many, \
	.help = "Lists " many ", with their ids.", \
	.example = "sallyport " word " list --json", \
	.wrong = "sallyport " word " list --tenant nowhere", \
	.answer = "sallyport: There is no tenant 'nowhere'.", \
	.run = documents_list, .which = kind }

#define GET(word, upper, kind, is, not) { .words = word " get", .arguments = upper, .least = 1, \
	.most = 1, .tenant = true, .summary = "prints one, as JSON", \
	.help = "Prints one as the JSON that the server keeps of it, fit for a document of " \
	"`sallyport apply`. It may be named by id or by name; if two have the name, both are told.", \
	.example = "sallyport " word " get '" is "'", .wrong = "sallyport " word " get '" not "'", \
	.answer = "sallyport: there is no " word " '" not "'", \
	.run = documents_get, .which = kind }

#define USER(word, verb, sum, text, action, more) { .words = word " " verb, \
	.arguments = "CUSTOMER", .least = 1, .most = 1, .tenant = true, .options = more, \
	.summary = sum, .help = text " A customer is named by id or by address.", \
	.example = "sallyport " word " " verb " ann@example.com", \
	.wrong = "sallyport " word " " verb " nobody@example.com", \
	.answer = "sallyport: there is no customer 'nobody@example.com'; an id or an address is " \
	"wanted", .run = users_act, .which = action }

#define MEMBER(verb, sum, does, action) { .words = "group " verb, \
	.arguments = "GROUP CUSTOMER", .least = 2, .most = 2, .tenant = true, .summary = sum, \
	.help = does " A group is named by id or name, a customer by id or address.", \
	.example = "sallyport group " verb " 'Loyalty members' ann@example.com", \
	.wrong = "sallyport group " verb " 'Loyalty member' ann@example.com", \
	.answer = "sallyport: there is no group 'Loyalty member'\n  Did you mean 'Loyalty " \
	"members'?", .run = members_change, .which = action }

#define GRANT(verb, sum, does, action) { .words = "app " verb, \
	.arguments = "APP API SCOPE", .least = 3, .most = 3, .tenant = true, .summary = sum, \
	.help = does " Counts with the next token, a refreshed one too. An application is named by " \
	"id or name.", .example = "sallyport app " verb " 'Woodgrove Groceries' Orders read", \
	.wrong = "sallyport app " verb " 'Woodgrove Groceries' Orders rea", \
	.answer = "sallyport: 'Orders' has no scope 'rea'; `sallyport app publish` gives it one", \
	.run = apis_grant, .which = action }

/* Of an application: `args` behind it, and how it is got wrong. */
#define PROOF(verb, args, count, more, sum, does, good, bad, told, function, kind) { \
	.words = "app " verb, .arguments = args, .least = count, .most = count, .tenant = true, \
	.options = more, .summary = sum, .help = does, .example = "sallyport app " verb good, \
	.wrong = "sallyport app " verb bad, .answer = "sallyport: " told, .run = function, \
	.which = kind }
#define SHOP " 'Woodgrove Groceries'"
#define SHOPS " 'Groceries'"
#define NO_SHOP "there is no app 'Groceries'"

const struct command commands[] = {
	{ .words = "apply", .arguments = "-f FILE.json",
	    .options = OPTION_FILE | OPTION_DRY_RUN | OPTION_PRUNE | OPTION_YES,
	    .summary = "makes a tenant what a document says",
	    .help = "Makes a tenant what one JSON document says: tenant, settings, applications, "
	    "userFlows, conditionalAccessPolicies, authenticationMethodConfigurations, groups, "
	    "authenticationContextClassReferences, namedLocations, users. First it tells what "
	    "differs. A section that is absent is left alone; what a section "
	    "doesn't name is kept, or removed with --prune. All but users is changed "
	    "at once or not at all; users follow, each on its own, and a run that broke off goes "
	    "on where it was. A user's password acts only when he is made: what customers have "
	    "changed since stays, and no user is ever removed. Without ids an object is the stored "
	    "one of its name; two of that name are an error. Warnings are asked about first; "
	    "without a terminal, --yes: a policy for all users and all applications without an "
	    "exclusion; an id in it that is no user, group or application; what is removed while "
	    "a policy names it; a second door that is asked for and shut.",
	    .example = "sallyport apply -f woodgrove.json --dry-run",
	    .wrong = "sallyport apply -f woodgrove.json",
	    .answer = "sallyport: woodgrove.json: line 7, column 3: '}' expected",
	    .run = apply_run },
	{ .words = "backup", .arguments = "FILE", .least = 1, .most = 1,
	    .summary = "copies all that lasts into a file",
	    .help = "Copies all that the server keeps, of one moment, into a new file that only "
	    "you may read, while the server goes on: customers, tenants, signing keys, sign-ins. "
	    "It is sealed: without the server's key file it opens nothing, and the key file is "
	    "not in it (see `sallyport keys export`). Sessions, codes and waiting mail are not in "
	    "it either. `sallyportd --restore FILE` takes it back; afterwards everybody signs in "
	    "again. The file's first lines say what it is and which key file it wants.",
	    .example = "sallyport backup /var/backups/sallyport-2026-11-24",
	    .wrong = "sallyport backup /var/backups",
	    .answer = "sallyport: /var/backups: is there already; a backup replaces no file",
	    .run = backup_run },
	{ .words = "export", .arguments = "", .tenant = true,
	    .summary = "prints a tenant as the document that apply takes",
	    .help = "Prints tenant, settings, applications, userFlows, policies, methods, groups and "
	    "contexts of a tenant, all of one moment, as one JSON document, which `sallyport apply` "
	    "takes back as no change. No secret is in it, nor people and who is in which group: "
	    "`sallyport backup` has those.",
	    .example = "sallyport export --tenant woodgrove > woodgrove.json",
	    .wrong = "sallyport export --tenant nowhere",
	    .answer = "sallyport: There is no tenant 'nowhere'.",
	    .run = documents_export },
	{ .words = "init", .arguments = "FOLDER URL", .least = 2, .most = 2,
	    .summary = "makes a folder that a server can be started from",
	    .help = "Makes a folder with a small conf file for production, a state folder that is "
	    "its owner's alone, and a key file, and says what is to be done next. URL is what "
	    "visitors will see. Nothing that is there is replaced. Run it as the user that the "
	    "server will run as; contrib/production/README.md sets one up for a whole machine.",
	    .example = "sallyport init /srv/sallyport https://login.example.com",
	    .wrong = "sallyport init /srv/sallyport login.example.com",
	    .answer = "sallyport: the address that visitors will see is wanted, as in "
	    "https://login.example.com", .run = init_run },
	LIST("tenant", "the tenants", DOCUMENTS_TENANT, false),
	{ .words = "tenant get", .arguments = "[TENANT]", .most = 1,
	    .summary = "prints one and its settings, as JSON",
	    .help = "Prints a tenant and its settings as JSON. Without a name: the one that "
	    "--tenant or SALLYPORT_TENANT names, or the only one.",
	    .example = "sallyport tenant get woodgrove", .wrong = "sallyport tenant get nowhere",
	    .answer = "sallyport: There is no tenant 'nowhere'.",
	    .run = documents_get, .which = DOCUMENTS_TENANT },
	LIST("app", "the applications", DOCUMENTS_APP, true),
	GET("app", "APP", DOCUMENTS_APP, "Woodgrove Groceries", "Groceries"),
	{ .words = "app add", .arguments = "NAME", .least = 1, .most = 1, .tenant = true,
	    .options = OPTION_APP, .summary = "registers one",
	    .help = "Registers an application, and prints the client id that its developer needs, "
	    "and with --secret a secret. An application without a secret is public: a page in the "
	    "browser, a program on a phone. Without --flow those who have an account sign in, and "
	    "nobody signs up. An API has a --scope; who is to call it is registered with --calls. "
	    "Whatever else an application can be told is in the document that `sallyport app get` "
	    "prints and `sallyport apply` takes.",
	    .example = "sallyport app add 'Order desk' --web https://orders.example.com/callback "
	    "--secret",
	    .wrong = "sallyport app add 'Order desk' --web http://orders.example.com/callback",
	    .answer = "sallyport: web.redirectUris[0]: is http: only for 127.0.0.1 and [::1]",
	    .run = apps_add },
	{ .words = "app publish", .arguments = "APP SCOPE", .least = 2, .most = 2, .tenant = true,
	    .summary = "gives one a scope that others may ask for",
	    .help = "Makes an application an API, or one with a scope more: others get tokens for it "
	    "when `app grant` lets them. Once there, again changes nothing.",
	    .example = "sallyport app publish Orders read",
	    .wrong = "sallyport app publish Orders openid",
	    .answer = "sallyport: api.oauth2PermissionScopes[0].value: is a scope of the server's "
	    "own",
	    .run = apis_publish },
	GRANT("grant", "lets one have a scope of another", "Lets an application have a scope of an "
	    "API, which is an application too.", APIS_GRANT),
	GRANT("withdraw", "takes a scope of another away", "Takes from an application a scope of an "
	    "API.", APIS_WITHDRAW),
	PROOF("secret add", "APP", 1, OPTION_NAME | OPTION_EXPIRES, "makes one more secret",
	    "Makes an application one more secret, and shows it once; those that it has are as good "
	    "as before. It ends after two years, if --expires says nothing else. From thirty days "
	    "before that on, the log says so while it is in use.", SHOP " --expires 90d",
	    SHOP " --expires soon", "--expires wants 1d to 3660d, not 'soon'",
	    credentials_add_secret, CREDENTIALS_SECRETS),
	PROOF("secret list", "APP", 1, 0, "lists the secrets of one",
	    "Lists the secrets of an application: how each begins, and when it ends. The secrets "
	    "themselves nobody can show.", SHOP, SHOPS, NO_SHOP, credentials_list,
	    CREDENTIALS_SECRETS),
	PROOF("secret remove", "APP ID", 2, 0, "takes one away, at once",
	    "Takes a secret of an application away, at once. Its id is in `sallyport app secret "
	    "list`. Without its last secret or key an application is public.",
	    SHOP " 0d3c2b1a-7c1e-4b39-9a57-1f20c3d4e5f6", SHOP " 1",
	    "keyId: no secret of this application has it", credentials_remove,
	    CREDENTIALS_SECRETS),
	PROOF("key add", "APP -f FILE", 1, OPTION_FILE | OPTION_NAME | OPTION_EXPIRES,
	    "lets one sign for itself", "Lets an application prove itself by a signature "
	    "(private_key_jwt). The file holds the public JWK of its key, of EC P-256 or of RSA: "
	    "the private one stays where it was made, and is refused here.",
	    SHOP " -f shop.jwk", SHOPS " -f shop.jwk", NO_SHOP, credentials_add_key,
	    CREDENTIALS_KEYS),
	PROOF("key list", "APP", 1, 0, "lists the keys of one", "Lists the public keys that an "
	    "application signs by.", SHOP, SHOPS, NO_SHOP, credentials_list, CREDENTIALS_KEYS),
	PROOF("key remove", "APP ID", 2, 0, "takes one away, at once",
	    "Takes a key of an application away, at once. Its id is in `sallyport app key list`.",
	    SHOP " 0d3c2b1a-7c1e-4b39-9a57-1f20c3d4e5f6", SHOP " 1", "'Woodgrove Groceries' has no "
	    "key '1'; `sallyport app key list` shows them", credentials_remove, CREDENTIALS_KEYS),
	PROOF("consent list", "CUSTOMER", 1, 0, "shows what a customer has agreed to",
	    "Shows what a customer lets applications of others have, and since when. A customer is "
	    "named by id or by address.", " ann@example.com", " nobody@example.com",
	    "there is no customer 'nobody@example.com'; an id or an address is wanted",
	    consents_list, 0),
	PROOF("consent revoke", "CUSTOMER APP", 2, 0, "takes that back for him",
	    "Takes back what a customer has agreed to: codes and refresh tokens that stand on it "
	    "bring nothing more, access tokens live out their minutes, and the application has to "
	    "ask him again.", " ann@example.com 'Recipe Box'", " ann@example.com" SHOP,
	    "ann@example.com has agreed to nothing of 'Woodgrove Groceries'", consents_revoke, 0),
	LIST("flow", "the user flows", DOCUMENTS_FLOW, true),
	GET("flow", "FLOW", DOCUMENTS_FLOW, "Sign up and sign in", "Sign up"),
	LIST("policy", "the Conditional Access policies", DOCUMENTS_POLICY, true),
	GET("policy", "POLICY", DOCUMENTS_POLICY, "Require MFA for customers", "Require MFA"),
	{ .words = "policy set-state", .arguments = "POLICY on|off|report-only", .least = 2,
	    .most = 2, .options = OPTION_YES, .tenant = true,
	    .summary = "switches one on, off, or to report-only",
	    .help = "Switches a policy. report-only judges it at every sign-in and writes the "
	    "result to the sign-ins, and changes nothing for customers. On and report-only are "
	    "asked about first where there is a warning, such as all users and all applications "
	    "without an exclusion, or an id that is nobody's; without a terminal, --yes. Off is "
	    "never asked about.",
	    .example = "sallyport policy set-state 'Require MFA for customers' report-only",
	    .wrong = "sallyport policy set-state 'Require MFA for customers' maybe",
	    .answer = "sallyport: 'maybe' is no state; wanted: on, off, report-only",
	    .run = documents_state, .which = DOCUMENTS_POLICY },
	{ .words = "backtest", .arguments = "", .tenant = true,
	    .options = OPTION_DRAFT | OPTION_DAYS,
	    .summary = "tries policies on the sign-ins on record",
	    .help = "Judges the sign-ins of the last days anew, by the policies that are stored and "
	    "those of --draft, and tells who would newly have been asked, locked out for want of "
	    "a second door, or blocked, by application and group, and whether break-glass accounts "
	    "are among them: those whom a policy excludes. It changes nothing; sign-ins go on "
	    "meanwhile. Each is judged by what was known when it was decided.",
	    .example = "sallyport backtest --draft mfa.json --days 7",
	    .wrong = "sallyport backtest --days 1000",
	    .answer = "sallyport: days: not in 1 to 730", .run = backtest_run },
	{ .words = "lint", .arguments = "", .tenant = true,
	    .summary = "looks for policies that do harm, or nothing",
	    .help = "Looks at all policies that aren't off, and tells which exclude nobody, lock "
	    "customers out, ask for a second door that there isn't, can't apply to anything, name "
	    "what is no longer there, do the same as another, or have been in report-only for over "
	    "30 days; and which settings tell strangers who has an account. It changes nothing, and "
	    "exits with 3 where it finds something.",
	    .example = "sallyport lint --json",
	    .wrong = "sallyport lint --tenant nowhere",
	    .answer = "sallyport: There is no tenant 'nowhere'.", .run = lint_run },
	{ .words = "what-if", .arguments = "", .tenant = true,
	    .options = OPTION_QUESTION | OPTION_DRAFT | OPTION_USER | OPTION_TO,
	    .summary = "tells what policies would make of a sign-in",
	    .help = "Tells which policies would apply to a sign-in of a customer, why the others "
	    "wouldn't, what he would be asked for, and whether he could pass with what he has. "
	    "Nothing is changed and nobody signs in; the same engine judges. What is not said is "
	    "unknown: a policy that depends on it is told as such, and does not apply. With "
	    "--draft a policy is tried before it is saved: the file is one policy, or a document "
	    "of `sallyport apply` with some.",
	    .example = "sallyport what-if --user ann@example.com --app 'Woodgrove Groceries' "
	    "--platform iOS --draft mfa.json",
	    .wrong = "sallyport what-if --user nobody@example.com --app 'Woodgrove Groceries'",
	    .answer = "sallyport: there is no customer 'nobody@example.com'; an id or an address is "
	    "wanted", .run = whatif_run },
	LIST("method", "the authentication methods", DOCUMENTS_METHOD, true),
	GET("method", "METHOD", DOCUMENTS_METHOD, "Email", "Carrier pigeon"),
	{ .words = "method set-state", .arguments = "METHOD on|off", .least = 2, .most = 2,
	    .options = OPTION_YES, .tenant = true, .summary = "switches one on or off",
	    .help = "Switches a method of the second door. With Email off, whoever is asked for a "
	    "second door has none, and is told so: while an enabled policy demands one, that is "
	    "asked about first; without a terminal, --yes.",
	    .example = "sallyport method set-state email on",
	    .wrong = "sallyport method set-state sms on",
	    .answer = "sallyport: there is no method 'sms'",
	    .run = documents_state, .which = DOCUMENTS_METHOD },
	LIST("context", "the authentication contexts", DOCUMENTS_CONTEXT, true),
	GET("context", "CONTEXT", DOCUMENTS_CONTEXT, "c1", "c0"),
	LIST("location", "the named locations", DOCUMENTS_LOCATION, true),
	GET("location", "LOCATION", DOCUMENTS_LOCATION, "Head office", "Head"),
	LIST("group", "the groups", DOCUMENTS_GROUP, true),
	GET("group", "GROUP", DOCUMENTS_GROUP, "Loyalty members", "Loyalty"),
	MEMBER("add-member", "puts a customer into a group",
	    "Puts a customer into a group; once in, again changes nothing.", MEMBERS_ADD),
	MEMBER("remove-member", "takes a customer out of a group",
	    "Takes a customer out of a group.", MEMBERS_REMOVE),
	{ .words = "user list", .arguments = "[PREFIX]", .most = 1, .tenant = true,
	    .options = OPTION_TOP | OPTION_ALL, .summary = "lists customers",
	    .help = "Lists customers, the first 100 of them; with a prefix those whose address"
	    " begins so.",
	    .example = "sallyport user list ann@ --top 10",
	    .wrong = "sallyport user list --top 1000000",
	    .answer = "sallyport: --top wants a number from 1 to 999, not '1000000'",
	    .run = users_list },
	{ .words = "user add", .arguments = "ADDRESS", .least = 1, .most = 1, .tenant = true,
	    .options = OPTION_PASSWORD_FILE | OPTION_NAME, .summary = "adds a customer",
	    .help = "Adds a customer. Without a password he makes one by \"Forgot password\", or "
	    "signs in by code where the user flow says so. A password never stands on the command "
	    "line, where others could read it.",
	    .example = "sallyport user add ann@example.com --name 'Ann Archer' --password-file -",
	    .wrong = "sallyport user add ann@example.com",
	    .answer = "sallyport: The id or an identity is another user's, or the user was changed "
	    "in the meantime.", .run = users_add },
	{ .words = "user show", .arguments = "CUSTOMER", .least = 1, .most = 1, .tenant = true,
	    .summary = "shows one", .help = "Shows a customer, named by id or by address.",
	    .example = "sallyport user show ann@example.com",
	    .wrong = "sallyport user show nobody@example.com",
	    .answer = "sallyport: there is no customer 'nobody@example.com'; an id or an address "
	    "is wanted", .run = users_show },
	USER("user", "disable", "shuts one out, at once", "Shuts a customer out and ends all "
	    "sessions.", USERS_DISABLE, 0),
	USER("user", "enable", "lets one in again", "Lets a disabled customer in again.",
	    USERS_ENABLE, 0),
	USER("user", "unlock", "ends pauses after wrong tries", "Ends the pauses that wrong "
	    "passwords or codes have brought.", USERS_UNLOCK, 0),
	USER("user", "reset", "voids one's password", "Voids the password and ends all sessions; "
	    "\"Forgot password\" makes a new one.", USERS_RESET, 0),
	USER("user", "delete", "deletes one, for good", "Deletes a customer for good. Asks first, "
	    "and names each policy that names him; without a terminal, --yes.", USERS_DELETE,
	    OPTION_YES),
	USER("user", "erase", "deletes one, and from the logs", "Deletes a customer for good, "
	    "and takes address, network and browser out of his sign-ins; what was decided stays, and "
	    "is nobody's. The audit says when it is done. Who is deleted already is named by id. "
	    "Asks first; without a terminal, --yes.", USERS_ERASE, OPTION_YES),
	USER("sessions", "revoke", "signs a customer out everywhere", "Ends all sessions and "
	    "tokens of a customer.", USERS_REVOKE, 0),
	{ .words = "admin add", .arguments = "ADDRESS", .least = 1, .most = 1,
	    .options = OPTION_ROLE | OPTION_ALL | OPTION_NAME,
	    .summary = "makes an administrator, and a link for him",
	    .help = "Makes an administrator with a role, for one tenant (--tenant) or for all and "
	    "the server itself (--all), and prints a link by which he sets his password and signs "
	    "in, once, within five minutes. Who is an administrator already gets a role more.",
	    .example = "sallyport admin add eve@example.com --role 'Security Administrator' "
	    "--tenant woodgrove",
	    .wrong = "sallyport admin add eve@example.com --role 'Global Administrator'",
	    .answer = "sallyport: admin add: for which tenant? --tenant NAME, or --all, which is the "
	    "server itself, too", .run = admins_add },
	{ .words = "admin list", .arguments = "", .summary = "lists administrators and their roles",
	    .help = "Lists who administers what: each administrator, each role, and for which "
	    "tenant; / is all, and the server itself.",
	    .example = "sallyport admin list",
	    .wrong = "sallyport admin list --socket /tmp/nothing.sock",
	    .answer = "sallyport: no server answers at /tmp/nothing.sock: No such file or "
	    "directory", .run = admins_list },
	{ .words = "admin remove", .arguments = "ADMINISTRATOR", .least = 1, .most = 1,
	    .options = OPTION_YES, .summary = "removes one, and all his roles",
	    .help = "Removes an administrator for good, with all his roles and sessions. The last "
	    "one who can sign in and do everything stays. Asks first; without a terminal, --yes.",
	    .example = "sallyport admin remove eve@example.com",
	    .wrong = "sallyport admin remove boss@example.com --yes",
	    .answer = "sallyport: Nobody would be left who can sign in and administer everything: "
	    "give that role to somebody else first.", .run = admins_remove },
	{ .words = "admin link", .arguments = "[ADMINISTRATOR]", .most = 1, .options = OPTION_FIRST,
	    .summary = "prints a link by which one signs in, once",
	    .help = "Prints a sign-in link for an administrator, named by id or address: the way in "
	    "for a new one, who then sets his password, and for when no mail goes out or all is "
	    "blocked. It works once, for five minutes, without a password and without a second "
	    "door, and is in the audit and the log, loudly. With --first it is for the first Global "
	    "Administrator of a new server.",
	    .example = "sallyport admin link ann@example.com",
	    .wrong = "sallyport admin link nobody@example.com",
	    .answer = "sallyport: There is no such administrator.", .run = admins_link },
	{ .words = "signins", .arguments = "", .tenant = true,
	    .options = OPTION_TOP | OPTION_FOLLOW | OPTION_USER | OPTION_TO | OPTION_SINCE |
	    OPTION_FAILED,
	    .summary = "shows who came in, and who didn't",
	    .help = "Shows the last sign-ins, newest first: time, result, app, customer, source, "
	    "and each policy that applied or, in report-only, would have; all of them, or those of "
	    "a customer, to an application, since a time, or that failed. With --follow oldest "
	    "first, and new ones as they come, each within two seconds; then each is a JSON of its "
	    "own.",
	    .example = "sallyport signins --user ann@example.com --since 7d --failed",
	    .wrong = "sallyport signins --top none",
	    .answer = "sallyport: --top wants a number from 1 to 999, not 'none'",
	    .run = signins_run },
	{ .words = "signups", .arguments = "", .tenant = true, .options = OPTION_DAYS,
	    .summary = "shows how far sign-ups came",
	    .help = "Shows for each day, newest first, how many sign-ups were begun, and how many "
	    "came to each step: the address proven, the password set, the attributes given, the "
	    "account made. Who leaves is the difference. Only numbers are kept, and nobody's name.",
	    .example = "sallyport signups --days 90",
	    .wrong = "sallyport signups --days 1000",
	    .answer = "sallyport: --days wants a number from 1 to 180, not '1000'",
	    .run = signups_run },
	{ .words = "audit verify", .arguments = "", .options = OPTION_KNOWN,
	    .summary = "proves that nobody has changed the audit",
	    .help = "Walks along the chain of the audit, of each tenant and of the server itself, "
	    "or of one tenant, and says whether each entry is there, as it was written and in its "
	    "place. Without the server's key file nobody can make an entry that fits, whatever he "
	    "does to the disk; all that he can do is to go back to an older copy of everything. "
	    "Against that, note down the last number and hash that this prints, elsewhere, and give "
	    "it later by --known. Ends with 1 if anything is wrong.",
	    .example = "sallyport audit verify --tenant woodgrove",
	    .wrong = "sallyport audit verify --tenant woodgrove --known 12:34",
	    .answer = "sallyport: known: a sequence, a colon, and its hash as 64 hexadecimal digits.",
	    .run = audit_verify },
	{ .words = "audit list", .arguments = "", .tenant = true,
	    .options = OPTION_TOP | OPTION_USER | OPTION_SINCE, .summary = "shows who changed what",
	    .help = "Shows the last changes that operators have made in a tenant, newest first: "
	    "number in the chain, time, who, what, to which object, and what came of it; all of "
	    "them, or those of a customer or since a time. With --json also how.",
	    .example = "sallyport audit list --since 2026-11-24 --top 20",
	    .wrong = "sallyport audit list --top none",
	    .answer = "sallyport: --top wants a number from 1 to 999, not 'none'",
	    .run = audit_list },
	{ .words = "keys export", .arguments = "FILE", .least = 1, .most = 1,
	    .options = OPTION_CONF | OPTION_PASSPHRASE_FILE,
	    .summary = "seals a copy of the key file by a passphrase",
	    .help = "Writes a copy of the server's key file, sealed by a passphrase, into a new file "
	    "for the safe, apart from the backups, which open nothing without it. The passphrase is "
	    "asked for at the terminal, or is the first line of a file; 12 characters at least. "
	    "Asks no server; run it as root or as the server's user.",
	    .example = "sallyport keys export /root/sallyport.keycopy",
	    .wrong = "sallyport keys export /root/sallyport.keycopy --conf /nowhere",
	    .answer = "sallyport: /nowhere: No such file or directory", .run = keys_export },
	{ .words = "keys import", .arguments = "FILE", .least = 1, .most = 1,
	    .options = OPTION_CONF | OPTION_PASSPHRASE_FILE,
	    .summary = "puts a copy of the key file in its place",
	    .help = "Opens a copy that `sallyport keys export` made and puts the key file where the "
	    "conf file wants it, owned by the server's user. It never replaces another key file. "
	    "Asks no server; run it as root or as the server's user.",
	    .example = "sallyport keys import /root/sallyport.keycopy",
	    .wrong = "sallyport keys import /root/sallyport.keycopy",
	    .answer = "sallyport: /root/sallyport.keycopy: the passphrase is wrong",
	    .run = keys_import },
	{ .words = "keys rotate", .arguments = "", .tenant = true,
	    .summary = "publishes new signing keys",
	    .help = "Publishes new keys, which sign the tenant's tokens from a day later on. Apps "
	    "that read the key set notice nothing: old keys stay published until their last token "
	    "has expired.",
	    .example = "sallyport keys rotate --tenant woodgrove",
	    .wrong = "sallyport keys rotate",
	    .answer = "sallyport: Enough keys are published already; the oldest must go first, "
	    "which takes until the last token signed by it has expired.",
	    .run = service_keys_rotate },
	{ .words = "mail queue", .arguments = "", .summary = "shows mails that wait to be sent",
	    .help = "Shows mails that wait to be sent, and when each is tried next. What is in "
	    "them isn't shown: it may be a code.",
	    .example = "sallyport mail queue",
	    .wrong = "sallyport mail queue --socket /tmp/nothing.sock",
	    .answer = "sallyport: no server answers at /tmp/nothing.sock: No such file or "
	    "directory", .run = service_mail_queue },
	{ .words = "mail retry", .arguments = "ID", .least = 1, .most = 1,
	    .summary = "tries one at once",
	    .help = "Tries a waiting mail at once. Its id is in `sallyport mail queue`.",
	    .example = "sallyport mail retry 019402e0-2b1c-7abc-9f00-6f7081a2b301",
	    .wrong = "sallyport mail retry 1",
	    .answer = "sallyport: No such mail is waiting.", .run = service_mail_retry },
	{ .words = "mail test", .arguments = "ADDRESS", .least = 1, .most = 1, .tenant = true,
	    .summary = "sends a mail, to see that it works",
	    .help = "Sends the mail of a code, with a code that opens nothing.",
	    .example = "sallyport mail test me@example.com", .wrong = "sallyport mail test me",
	    .answer = "sallyport: to: is not of the form name@example.com",
	    .run = service_mail_test },
	{ .words = "doctor", .arguments = "", .options = OPTION_CONF,
	    .summary = "looks for what is wrong with this server",
	    .help = "Looks at the conf file, the server on its socket, clocks, the key file, room "
	    "on the disks, certificates, the mail relay and what the world may think of the "
	    "sender, the queue and the second doors, and tells what is fine, what is not, and "
	    "what to do. It changes nothing, opens no file with a secret, and asks the network "
	    "nothing but the relay and the name servers. Run as root it looks as the server's "
	    "user. It exits with 1 if something is wrong; what is only worth a look does not "
	    "count.",
	    .example = "sallyport doctor --conf /etc/sallyport/sallyport.yaml",
	    .wrong = "sallyport doctor --file sallyport.yaml",
	    .answer = "sallyport: doctor does not take --file; try: sallyport doctor --help",
	    .run = doctor_run },
	{ .words = "plugin check", .arguments = "FILE.so [KEY=VALUE]...", .least = 1, .most = 36,
	    .options = OPTION_DELIVERED, .summary = "does one keep the contract?",
	    .help = "Loads a plugin as the server would, with the keys of a conf section, and runs "
	    "the conformance suite of each role that it offers, each check in a process of its "
	    "own. What is wrong is told with the clause of the header that it breaks. Asks no "
	    "server, and writes to where the keys point: give it a place of its own. With "
	    "--delivered, the file or folder where a transport's messages arrive, they are "
	    "counted too.",
	    .example = "sallyport plugin check ./append.so path=/tmp/mails --delivered /tmp/mails",
	    .wrong = "sallyport plugin check ./append.so",
	    .answer = "WRONG  plugin.open  plugin: path: must be set", .run = check_run },
	{ .words = "plugin list", .arguments = "", .summary = "shows what the server runs on",
	    .help = "Shows the plugins: what each offers, what it serves as, whether it is ready.",
	    .example = "sallyport plugin list",
	    .wrong = "sallyport plugin list --socket /tmp/nothing.sock",
	    .answer = "sallyport: no server answers at /tmp/nothing.sock: No such file or "
	    "directory", .run = service_plugins },
	{ .words = "token create", .arguments = "", .options = OPTION_ROLE | OPTION_ALL |
	    OPTION_NAME | OPTION_EXPIRES, .summary = "makes an API token, and shows it once",
	    .help = "Makes a token for programs that call the admin API over the network, on "
	    "listeners that serve admin: Authorization: Bearer TOKEN. It has one role, for one "
	    "tenant (--tenant) or for all and the server itself (--all), and always an end: after 90 "
	    "days, if --expires says nothing else.",
	    .example = "sallyport token create --tenant woodgrove --role 'User Administrator' --name "
	    "import --expires 30d --json",
	    .wrong = "sallyport token create --all --role 'Global Reader' --expires 10y",
	    .answer = "sallyport: --expires wants 1d to 366d, not '10y'", .run = tokens_create },
	{ .words = "token list", .arguments = "", .summary = "lists API tokens",
	    .help = "Lists API tokens: what each may, for which tenant, until when, and when and "
	    "from where it was last used, to the hour. The tokens themselves nobody can show.",
	    .example = "sallyport token list",
	    .wrong = "sallyport token list --socket /tmp/nothing.sock",
	    .answer = "sallyport: no server answers at /tmp/nothing.sock: No such file or "
	    "directory", .run = tokens_list },
	{ .words = "token revoke", .arguments = "ID", .least = 1, .most = 1,
	    .summary = "voids one, at once",
	    .help = "Voids an API token at once. Its id is in `sallyport token list`.",
	    .example = "sallyport token revoke 019402e0-2b1c-7abc-9f00-6f7081a2b301",
	    .wrong = "sallyport token revoke 1", .answer = "sallyport: There is no such token.",
	    .run = tokens_revoke },
	{ .words = "version", .arguments = "", .summary = "tells this tool's and the server's",
	    .help = "Tells the version of this tool and of the server. `sallyport --version` asks "
	    "no server.",
	    .example = "sallyport version",
	    .wrong = "sallyport version --socket /tmp/nothing.sock",
	    .answer = "sallyport: no server answers at /tmp/nothing.sock: No such file or "
	    "directory", .run = service_version },
	{ 0 },
};
