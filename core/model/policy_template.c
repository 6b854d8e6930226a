#include "model/policy_template.h"

#include <string.h>
#include <strings.h>

#define REPORT "\"state\":\"enabledForReportingButNotEnforced\","
#define EVERYBODY "\"clientAppTypes\":[\"all\"],\"users\":{\"includeUsers\":[\"All\"]}"
#define MFA "\"grantControls\":{\"operator\":\"OR\",\"builtInControls\":[\"mfa\"]}"

static const struct template_row { const char *id, *name, *description, *scenarios, *details; }
rows[] = {
	{ "a3d0a415-b068-4326-9251-f9cdf9feeb64", "Require multifactor authentication for all users",
	    "Asks every customer for a second door, at every application. Exclude a break-glass "
	    "account before it is switched on.", "secureFoundation,zeroTrust",
	    "{\"displayName\":\"Require multifactor authentication for all users\"," REPORT
	    "\"conditions\":{" EVERYBODY ",\"applications\":{\"includeApplications\":[\"All\"]}},"
	    MFA "}" },
	{ "6c1b9a0e-52c7-4c0e-9c0f-1d2a4e7b8f01", "Require multifactor authentication for step-up",
	    "Asks for a second door where an application asks for the authentication context c1: "
	    "for what is worth more than a sign-in.", "zeroTrust",
	    "{\"displayName\":\"Require multifactor authentication for step-up\"," REPORT
	    "\"conditions\":{" EVERYBODY ",\"applications\":{"
	    "\"includeAuthenticationContextClassReferences\":[\"c1\"]}}," MFA "}" },
	{ "6c1b9a0e-52c7-4c0e-9c0f-1d2a4e7b8f02", "No persistent browser session",
	    "Nobody stays signed in once the browser is closed, and everybody signs in anew each "
	    "day.", "secureFoundation,remoteWork",
	    "{\"displayName\":\"No persistent browser session\"," REPORT
	    "\"conditions\":{" EVERYBODY ",\"applications\":{\"includeApplications\":[\"All\"]}},"
	    "\"sessionControls\":{\"persistentBrowser\":{\"isEnabled\":true,\"mode\":\"never\"},"
	    "\"signInFrequency\":{\"isEnabled\":true,\"type\":\"days\",\"value\":1,"
	    "\"frequencyInterval\":\"timeBased\"}}}" },
};

static json_t *template_json(const struct template_row *row)
{
	struct sp_error error;

	return json_pack("{s:s, s:s, s:s, s:s, s:o}", "id", row->id, "name", row->name,
	    "description", row->description, "scenarios", row->scenarios, "details",
	    json_read(row->details, strlen(row->details), &error));
}

json_t *policy_templates(void)
{
	json_t *all = json_array();

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		json_array_append_new(all, template_json(&rows[i]));
	return all;
}

json_t *policy_template(const char *id)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (strcasecmp(rows[i].id, id) == 0)
			return template_json(&rows[i]);
	return NULL;
}
