/* whatif_answer.c - what comes of a What If: Graph's list, and what it doesn't tell */
#include "surface/admin/asking.h"

#include "base/arena.h"
#include "base/text.h"

/* Graph's words for what a policy failed by. */
static const char *reason_word(const struct forecast_policy *policy)
{
	static const char *const words[] = {
		[SP_NONE] = "notSet", [SP_BY_STATE] = "policyNotEnabled", [SP_BY_USER] = "users",
		[SP_BY_APP] = "application", [SP_BY_CONTEXT] = "authenticationContext",
		[SP_BY_PLATFORM] = "devicePlatform", [SP_BY_CLIENT] = "clientApps",
		[SP_BY_LOCATION] = "location",
	};

	return policy->unknown ? "notEnoughInformation" : words[policy->first];
}

static json_t *conditions_json(const struct forecast_policy *policy)
{
	static const char *const names[] = {
		[SP_BY_STATE] = "state", [SP_BY_USER] = "users", [SP_BY_APP] = "application",
		[SP_BY_CONTEXT] = "authenticationContext", [SP_BY_PLATFORM] = "devicePlatform",
		[SP_BY_CLIENT] = "clientApps", [SP_BY_LOCATION] = "location",
	};
	static const char *const answers[] = {
		[WHATIF_MISSED] = "missed", [WHATIF_MET] = "met", [WHATIF_UNKNOWN] = "unknown",
	};
	json_t *list = json_array();

	for (enum sp_condition i = SP_BY_STATE; i <= SP_BY_LOCATION; i++)
		if (policy->conditions.each[i] != WHATIF_UNSET)
			json_array_append_new(list, json_pack("{s:s, s:s}", "condition", names[i],
			    "result", answers[policy->conditions.each[i]]));
	return list;
}

static bool applies(const struct forecast_policy *policy)
{
	return policy->first == SP_NONE && !policy->unknown;
}

static json_t *policy_json(const struct forecast_policy *policy)
{
	json_t *json = json_deep_copy(policy->document);

	json_object_set_new(json, "policyApplies", json_boolean(applies(policy)));
	json_object_set_new(json, "analysisReasons", json_string(reason_word(policy)));
	json_object_set_new(json, "@sallyport.result",
	    json_string(signin_result_word(policy->result)));
	json_object_set_new(json, "@sallyport.conditions", conditions_json(policy));
	if (policy->draft)
		json_object_set_new(json, "@sallyport.draft", json_true());
	return json;
}

static json_t *policies_json(const struct asking *asking)
{
	json_t *list = json_array();

	for (size_t i = 0; i < asking->forecast.policy_count; i++)
		if (!asking->applied_only || applies(&asking->forecast.policies[i]))
			json_array_append_new(list, policy_json(&asking->forecast.policies[i]));
	return list;
}

static json_t *controls_json(uint32_t missing)
{
	static const struct { uint32_t control; const char *word; } rows[] = {
		{ SP_BLOCK, "block" }, { SP_MFA, "mfa" }, { SP_STRENGTH, "authenticationStrength" },
		{ SP_NEW_PASSWORD, "passwordChange" }, { SP_TERMS, "termsOfUse" },
		{ SP_AGAIN, "signInAgain" },
	};
	json_t *words = json_array();

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if ((missing & rows[i].control) != 0)
			json_array_append_new(words, json_string(rows[i].word));
	return words;
}

static json_t *session_json(const struct sp_judgement *verdict)
{
	static const char *const modes[] = {
		[SP_PERSISTENT_ALWAYS] = "always", [SP_PERSISTENT_NEVER] = "never",
	};
	json_t *session = json_object();

	if (verdict->every_time)
		json_object_set_new(session, "signInFrequency", json_string("everyTime"));
	else if (verdict->frequency > 0)
		json_object_set_new(session, "signInFrequencyHours",
		    json_integer((json_int_t)(verdict->frequency / 3600000)));
	if (verdict->persistent != SP_PERSISTENT_UNSET)
		json_object_set_new(session, "persistentBrowser",
		    json_string(modes[verdict->persistent]));
	return session;
}

static json_t *reasons_json(const struct whatif_way *way)
{
	json_t *list = json_array();

	for (const struct whatif_reason *reason = way->reasons; reason != NULL;
	    reason = reason->next)
		json_array_append_new(list, json_pack("{s:s, s:s}", "code", reason->code, "message",
		    reason->text));
	return list;
}

static const char *next_word(enum journey_ask ask)
{
	switch (ask) {
	case ASK_DONE:
		return "signedIn";
	case ASK_CHALLENGE:
		return "codeByEmail";
	case ASK_NEW_PASSWORD:
		return "newPassword";
	default:
		return "denied";
	}
}

static json_t *decision_json(const struct forecast *forecast)
{
	static const char *const words[] = {
		[SP_DENY] = "block", [SP_ASK] = "ask", [SP_ALLOW] = "allow",
	};
	const struct sp_judgement *verdict = &forecast->verdict;

	return json_pack("{s:s, s:o, s:o, s:s, s:s, s:b, s:o}",
	    "decision", words[verdict->decision],
	    "controls", controls_json(verdict->missing),
	    "sessionControls", session_json(verdict),
	    "firstFactor", forecast->customer.method == METHOD_OTP ? "emailOneTimePasscode" :
	    "password",
	    "next", next_word(forecast->way.ask),
	    "satisfiable", forecast->way.through,
	    "reasons", reasons_json(&forecast->way));
}

json_t *whatif_answer(const struct asking *asking)
{
	json_t *warnings = json_copy(asking->notes);

	if (asking->drafts.edit.action == EDIT_APPLY)
		json_array_extend(warnings, asking->drafts.edit.plan.warnings);
	return json_pack("{s:o, s:o, s:o}", "value", policies_json(asking),
	    "@sallyport.decision", decision_json(&asking->forecast),
	    "@sallyport.warnings", warnings);
}
