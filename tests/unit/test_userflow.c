/* User flows: how customers of some apps sign up and in. */
#include "documents.h"

TestSuite(userflow, .init = begin, .fini = end);

#define START "'onInteractiveAuthFlowStart':{'isSignUpAllowed':true}"
#define METHOD(id) "'onAuthenticationMethodLoadStart':{'identityProviders':[{'id':'" id "'}]}"
#define PASSWORD METHOD("EmailPassword-OAUTH")
#define FLOW(more) "{'id':'" A "','displayName':'F'," START "," PASSWORD more "}"
#define INPUTS(inputs) ",'onAttributeCollection':{'attributeCollectionPage':{'views':[{" \
	"'inputs':[" inputs "]}]}}"
#define INPUT "onAttributeCollection.attributeCollectionPage.views[0].inputs[0]"

Test(userflow, flows_have_the_shape_of_graph)
{
	same(DOCUMENT_FLOW, FLOW(""),
	    "{'@odata.type':'#microsoft.graph.externalUsersSelfServiceSignUpEventsFlow',"
	    "'id':'" A "','displayName':'F','description':null,'priority':500,"
	    "'conditions':{'applications':{'includeAllApplications':false,"
	    "'includeApplications':[]}},'onInteractiveAuthFlowStart':{"
	    "'@odata.type':'#microsoft.graph."
	    "onInteractiveAuthFlowStartExternalUsersSelfServiceSignUp','isSignUpAllowed':true},"
	    "'onAuthenticationMethodLoadStart':{'@odata.type':'#microsoft.graph."
	    "onAuthenticationMethodLoadStartExternalUsersSelfServiceSignUp',"
	    "'identityProviders':[{'@odata.type':'#microsoft.graph.builtInIdentityProvider',"
	    "'id':'EmailPassword-OAUTH','displayName':'Email with password',"
	    "'identityProviderType':'EmailPassword'}]},"
	    "'onAttributeCollection':{'@odata.type':'#microsoft.graph."
	    "onAttributeCollectionExternalUsersSelfServiceSignUp','attributes':[],"
	    "'attributeCollectionPage':{'customStringsFileId':null,'views':[]},"
	    "'accessPackages':[]},'onAttributeCollectionStart':null,"
	    "'onAttributeCollectionSubmit':null,'onUserCreateStart':null}");
}

/* The request of Graph's own page, with its address input that no expression of ours could take. */
Test(userflow, flows_are_taken_from_graph_and_compile)
{
	json_t *canonical = check(DOCUMENT_FLOW, FLOW(
	    ",'@odata.type':'#microsoft.graph.externalUsersSelfServiceSignupEventsFlow',"
	    "'conditions':{'applications':{'includeApplications':[{'appId':'" C "'},"
	    "{'appId':'" B "'}]}},'onAttributeCollection':{'attributes':[{'id':'email',"
	    "'displayName':'Email Address','description':'Email address of the user',"
	    "'userFlowAttributeType':'builtIn','dataType':'string'}],"
	    "'attributeCollectionPage':{'views':[{'inputs':[{'attribute':'email',"
	    "'label':'Email Address','inputType':'Text','hidden':true,'editable':false,"
	    "'writeToDirectory':true,'required':true,'validationRegEx':'^[a-z]+(?:.[a-z]+)*$'},"
	    "{'attribute':'displayName','label':'Display Name','inputType':'text',"
	    "'hidden':false,'editable':true,'writeToDirectory':true,'required':false,"
	    "'validationRegEx':'^[a-zA-Z_][0-9a-zA-Z_ ]*[0-9a-zA-Z_]+$','options':[]},"
	    "{'attribute':'extension_0123456789abcdef0123456789abcdef_Points',"
	    "'required':true}]}]}}"));
	struct userflow flow = { 0 };

	cr_assert(canonical != NULL, "%s", errors.first != NULL ? errors.first->path : "");
	cr_assert(userflow_compile(&arena, canonical, &flow));
	cr_assert(flow.sign_up && flow.method == METHOD_PASSWORD);
	cr_assert_eq(flow.app_count, 2);
	cr_assert(id_compare(&flow.apps[0], &flow.apps[1]) < 0);
	cr_assert_eq(flow.attribute_count, 2);
	cr_assert_str_eq(flow.attributes[0].name, "displayName");
	cr_assert_str_eq(flow.attributes[0].label, "Display Name");
	cr_assert_eq(flow.attributes[0].most, 256);
	cr_assert(!flow.attributes[0].required && flow.attributes[1].required);
	cr_assert(flow.attributes[1].pattern == NULL && flow.attributes[1].most == 250);
	json_decref(canonical);
	canonical = check(DOCUMENT_FLOW, "{'id':'" A "','displayName':'F',"
	    "'onInteractiveAuthFlowStart':{'isSignUpAllowed':false}," METHOD("emailotpsignup-oauth")
	    "}");
	cr_assert(userflow_compile(&arena, canonical, &flow));
	cr_assert(!flow.sign_up && flow.method == METHOD_OTP && flow.attribute_count == 0);
	json_decref(canonical);
}

Test(userflow, flows_are_checked)
{
	static const struct { const char *document, *wrong; } rows[] = {
		{ "{'id':'" A "','displayName':'F'}", "onInteractiveAuthFlowStart=Required "
		    "onAuthenticationMethodLoadStart=Required" },
		{ "{'id':'" A "','displayName':'F'," START ","
		    "'onAuthenticationMethodLoadStart':{'identityProviders':[]}}",
		    "onAuthenticationMethodLoadStart.identityProviders=Required" },
		{ "{'id':'" A "','displayName':'F'," START ","
		    "'onAuthenticationMethodLoadStart':{'identityProviders':["
		    "{'id':'EmailPassword-OAUTH'},{'id':'EmailOtpSignup-OAUTH'}]}}",
		    "onAuthenticationMethodLoadStart.identityProviders=InvalidValue" },
		{ "{'id':'" A "','displayName':'F'," START "," METHOD("Google-OAUTH") "}",
		    "onAuthenticationMethodLoadStart.identityProviders[0].id=InvalidValue" },
		{ FLOW(",'conditions':{'applications':{'includeAllApplications':true}}"),
		    "conditions.applications.includeAllApplications=NotSupported" },
		{ FLOW(",'conditions':{'applications':{'includeApplications':[{'appId':'x'}]}}"),
		    "conditions.applications.includeApplications[0].appId=InvalidValue" },
		{ FLOW(",'onUserCreateStart':{'x':1}"), "onUserCreateStart=NotSupported" },
		{ FLOW(INPUTS("{'attribute':'shoeSize'}")), INPUT ".attribute=InvalidValue" },
		{ FLOW(INPUTS("{'attribute':'extension_xyz_a'}")),
		    INPUT ".attribute=InvalidValue" },
		{ FLOW(INPUTS("{'attribute':'city','hidden':true,'writeToDirectory':false,"
		    "'defaultValue':'Rome','inputType':'boolean'}")),
		    INPUT ".inputType=InvalidValue " INPUT ".hidden=NotSupported "
		    INPUT ".writeToDirectory=NotSupported " INPUT ".defaultValue=NotSupported" },
		{ FLOW(INPUTS("{'attribute':'city','options':[{'label':'a','value':'b'}]}")),
		    INPUT ".options[0]=NotSupported" },
		{ FLOW(INPUTS("{'attribute':'city'},{'attribute':'state'},"
		    "{'attribute':'city','required':true}")),
		    "onAttributeCollection.attributeCollectionPage.views[0].inputs[2]"
		    "=InvalidValue" },
		{ FLOW(INPUTS("{'attribute':'city','validationRegEx':'('}")),
		    INPUT ".validationRegEx=InvalidValue" },
	};

	for (size_t i = 0; i < COUNT(rows); i++)
		expect(DOCUMENT_FLOW, rows[i].document, rows[i].wrong);
}

/* An expression may cost neither memory nor time without bounds, nor mean something else here. */
Test(userflow, patterns_are_bounded)
{
	static const struct { const char *pattern; bool good; } rows[] = {
		{ "^[0-9]{5}$", true }, { "^[^<>]*$", true }, { "a{1,99}", true },
		{ "\\\\{99999}", true }, { "^\\\\w+$", true }, { "x{5,}", true },
		{ "^\\\\d+$", false }, { "(a)\\\\1", false }, { "(?=x)", false },
		{ "a{99}{99}{99}", false }, { "a{20000}", false }, { "a{1,20000}", false },
		{ "((((a{100}){100})", false }, { "(a{200}){200}", false }, { "[a", false },
		{ "a\\\\", false },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		json_t *canonical = check(DOCUMENT_FLOW, text_print(&arena, FLOW(INPUTS(
		    "{'attribute':'city','validationRegEx':'%s'}")), rows[i].pattern));
		cr_assert_eq(canonical != NULL, rows[i].good, "%s", rows[i].pattern);
		json_decref(canonical);
	}
}

Test(userflow, values_fit_or_are_told)
{
	static const struct userflow_attribute city = { "city", "City", "^[A-Z]", true, 5 };
	static const struct userflow_attribute state = { "state", "State", NULL, false, 5 };
	static const struct {
		const struct userflow_attribute *attribute;
		const char *value;
		bool fits;
	} rows[] = {
		{ &city, "Rome", true }, { &city, "rome", false }, { &city, "", false },
		{ &city, NULL, false }, { &city, "Romeos", false }, { &city, "R\n", false },
		{ &state, "", true }, { &state, NULL, true }, { &state, "12345", true },
		{ &state, "\xc3\xa4\xc3\xb6\xc3\xbc\xc3\x9f\xc3\xa9", true },
		{ &state, "123456", false }, { &state, "\xff", false }, { &state, "a\tb", false },
	};

	for (size_t i = 0; i < COUNT(rows); i++)
		cr_assert_eq(userflow_refuses(rows[i].attribute, rows[i].value) == NULL,
		    rows[i].fits, "row %zu", i);
}

Test(userflow, an_app_is_in_one_flow)
{
	struct sp_id ids[3] = { { { 1 } }, { { 2 } }, { { 3 } } }, shared = { { 9 } };
	struct userflow a = { .app_count = 2, .apps = ids }, b = { .app_count = 1, .apps = ids + 2 };

	cr_assert(!userflow_shares(&a, &b, &shared));
	cr_assert_eq(shared.byte[0], 9);
	b.apps = ids + 1;
	cr_assert(userflow_shares(&a, &b, &shared) && id_equal(shared, ids[1]));
	cr_assert(!userflow_shares(&a, &(struct userflow){ 0 }, &shared));
}
