"""One-line bugs that the tests must catch: file, what is there, what is put in its place, and the tests.

Each is a mistake that somebody could make on a tired evening, most of them taken from what broke
other servers. A bug that no test notices is a hole in the tests.
"""

WALK, JOURNEY = 'unit/test-walk', 'unit/test-journey'
PASSCODE, BUDGET, CODE = 'unit/test-passcode', 'unit/test-budget', 'unit/test-claims'
ACCESS, SCOPE = 'unit/test-access', 'unit/test-scope'
LEAVE, CONSENT = 'unit/test-leave', 'unit/test-consent'
ASSERTION = 'unit/test-assertion'
VISITS = 'stress visits'

BUGS = [
    # Doors.
    ('core/model/journey.c', 'return step_to(step, STAGE_SEND, ASK_CHALLENGE);',
     'return step_done(step, ASK_DONE);', [WALK, JOURNEY]),
    ('core/model/journey.c', '(journey->factors & SP_FACTOR_EMAIL_FIRST) == 0;', 'true;', [WALK, JOURNEY]),
    ('core/model/journey.c', '!id_equal(step->journey.challenge, step->event->challenge))',
     'false)', [WALK, JOURNEY]),
    ('core/model/journey.c', 'if (event->now >= journey->expires && event->kind != EVENT_DENIED)',
     'if (event->now > journey->expires && event->kind != EVENT_DENIED)', [JOURNEY]),
    ('core/model/journey.c', 'if (event->decision != SP_ASK || missing != SP_MFA)',
     'if (event->decision != SP_ASK)', [JOURNEY]),
    ('core/model/journey.c', 'if (!event->email_usable)', 'if (false)', [WALK, JOURNEY]),
    ('core/model/journey.c', 'if (step->event->proof_counts && step->event->email_usable) {',
     'if (step->event->email_usable) {', [WALK, JOURNEY]),
    # Passcodes.
    ('core/model/passcode.c', 'return now < passcode->expires ? PASSCODE_RIGHT : PASSCODE_EXPIRED;',
     'return now <= passcode->expires ? PASSCODE_RIGHT : PASSCODE_EXPIRED;', [PASSCODE]),
    ('core/model/passcode.c', 'if (passcode->decoy)', 'if (false)', [PASSCODE]),
    ('core/model/passcode.c', 'if (passcode->resends >= settings->resend_limit) {',
     'if (passcode->resends > settings->resend_limit) {', [PASSCODE]),
    ('core/model/passcode.c', '	memcpy(passcode->hash, hash, 32);\n	passcode->reference',
     '	passcode->reference', [PASSCODE]),
    # Budgets.
    ('core/model/budget.c', 'return pause != NULL && now < pause->until;', 'return false;', [BUDGET]),
    ('core/model/budget.c', '		length *= 2;', '		length += 0;', [BUDGET]),
    ('core/model/budget.c', 'return budget->limit + (pause == NULL ? 0 : (int64_t)pause->level);',
     'return budget->limit + (pause == NULL ? 0 : (int64_t)pause->level * budget->limit);', [BUDGET]),
    # What flows do with them.
    ('core/store/challenges.c', '	change->limit = most;', '	change->limit = most * 1000;', [VISITS]),
    ('core/flow/visit_finish.c', 'challenges_remove(commit, tenant, work->passcode.id, work->passcode_revision);', ';',
     [VISITS]),
    ('core/flow/redeem.c', 'return id_equal(work->spent.op, work->op) && !work->spent.revoked ?', 'return false ?',
     [VISITS]),
    ('core/flow/redeem.c', 'if (status == SP_CONFLICT || status == SP_UNKNOWN)', 'if (status == SP_CONFLICT)', [VISITS]),
    # OAuth.
    ('core/model/access.c', 'text_word(access->audience, userinfo);',
     'userinfo != NULL;', [ACCESS]),
    ('core/model/access.c', 'return text_same(access->audience, access->client_id) ||',
     'return text_word(access->audience, access->client_id) ||', [ACCESS]),
    ('core/model/access.c', 'now / 1000 < expires &&', 'now / 1000 <= expires &&', [ACCESS]),
    ('core/model/code.c', 'return claim->verifier == NULL ? NULL : "invalid_grant";', 'return NULL;',
     [CODE]),
    ('core/model/code.c', '!text_same(code->client_id, claim->client_id) ||', 'false ||', [CODE]),
    # Tokens, and whom they are for.
    ('core/model/scope.c', 'api_granted_scope(&asker->client->api, api->app_id, scope->id)) ? scope', 'true) ? scope', [SCOPE]),
    ('core/model/scope.c', 'if (api == NULL || !scope_reaches(asker, api))', 'if (api == NULL)', [SCOPE]),
    ('core/model/scope_token.c', '		    read.scope == wanted->scope))', '		    true))', [SCOPE]),
    ('core/model/scope_token.c', 'return api != NULL && scope_reaches(asker, api) ? api : NULL;', 'return api;', [SCOPE]),
    ('core/model/claims_app.c', 'if (ids->count > CLAIMS_GROUPS)', 'if (ids->count > CLAIMS_GROUPS * 4)', [CODE]),
    ('core/model/claims_app.c', 'text_word(scope, optional_rows[i].scope))', 'scope != NULL)', [CODE]),
    ('core/model/api.c', 'role->enabled && role->users && i <', 'role->users && i <', [CODE]),
    ('core/crypto/jws.c', '''		    (kid != NULL && !text_same(json_string_value(kid), jwk_kid(jwk))))''',
     '''		    (kid != NULL && false))''', ['unit/test-jws']),
    ('core/crypto/password.c', 'PASSWORD_BYTES_MAX', 'PASSWORD_BYTES_MAX * 4', ['unit/test-password']),
    # Clients, what they push, devices, refresh tokens.
    ('core/model/assertion.c', '	if (expires - (made > now ? made : now) > ASSERTION_LIFE)', '	if (expires - made > ASSERTION_LIFE * 12)', [ASSERTION]),
    ('core/model/assertion.c', 'return (made - ASSERTION_SKEW) * 1000 < restored;', 'return made * 1000 < restored;', [ASSERTION]),
    ('core/model/assertion.c', '!text_same(json_text(payload, "aud", NULL), rule->issuer)', 'false', [ASSERTION]),
    ('core/model/api.c', 'needs->needs[i].role == role)', '(role || !needs->needs[i].role))', [SCOPE]),
    ('core/model/scope_alone.c', 'if (read.scope != NULL)', 'if (false)', [SCOPE]),
    ('core/model/grant.c', 'generation > grant->generation)', 'generation > grant->generation + 1)', ['unit/test-grant']),
    ('core/model/grant.c', 'now < grant->rotated + settings->refresh_repeat ?', 'now < grant->rotated + settings->refresh_repeat * 9 ?',
     ['unit/test-grant']),
    ('core/model/authorize.c', '(check->app->pushed_only || check->tenant->settings.pushed_only))', 'check->app->pushed_only)',
     ['unit/test-authorize']),
    ('core/store/devices.c', '	pack_signed(&pack, device->interval);\n', '	pack_signed(&pack, 0);\n', ['unit/test-record_apps']),
    ('core/store/sessions.c', '!session_read(arena, record, &session, &next) || !id_zero(next))', '!session_read(arena, record, &session, &next))',
     ['unit/test-record_apps']),
    # Signing out, apps of others, calls of our own.
    ('core/model/leave.c', 'if (!app_leaves_to(app, query->post_logout_redirect_uri))', 'if (false)', [LEAVE]),
    ('core/model/leave.c', 'if (query->hint && query->hint_client == NULL)', 'if (false)', [LEAVE]),
    ('core/model/consent.c', 'return grant->began >= consent->given &&', 'return', [CONSENT]),
    ('core/model/consent.c', 'consent->given >= account->created', 'account != NULL', [CONSENT]),
    ('core/model/journey.c', 'step->journey.stage != STAGE_CONSENT || ', '', [JOURNEY]),
    ('core/http/outbound_rule.c', 'V4(169, 254, 0, 0, 16), ', '', ['unit/test-outbound']),
    # Policies.
    ('plugins/conditional-access/match.c', '		included[i] &= ~excluded[i];', '		(void)excluded;',
     ['conform conditional-access']),
    # Records: the races live here.
    ('plugins/lmdb/commit.c', 'return change->delta > 0 && total > change->limit ? SP_REJECTED : SP_OK;',
     'return SP_OK;', ['conform lmdb']),
    ('plugins/lmdb/commit.c', 'if (change->expect != SP_ANY && change->expect != value.revision)',
     'if (change->expect == SP_ABSENT && value.revision != 0)', ['conform lmdb']),
    ('plugins/lmdb/commit.c', '	if (!record_live(out_value, now))', '	if (false)', ['conform lmdb']),
]
