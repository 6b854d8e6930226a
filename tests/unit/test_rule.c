/* Attributes of applications, and rules about them. */
#include "documents.h"

#include "model/rule.h"

TestSuite(rule, .init = begin, .fini = end);

static struct attributes marks(const char *sets)
{
	json_t *document = read_json(text_print(&arena, "{'customSecurityAttributes':%s}", sets));
	struct attributes attributes;

	begin();
	attributes_check(document, &errors);
	cr_assert_eq(errors.count, 0, "%s: %s", sets, errors.count > 0 ? errors.first->text : "");
	attributes = attributes_compile(&arena, document);
	json_decref(document);
	return attributes;
}

#define MARKS "{'Set':{'text':'high','list':['eu','us'],'number':7,'yes':true,'no':false," \
	"'quoted':'a\\\"b'},'Other':{'text':'High'}}"
#define S "CustomSecurityAttribute.Set_"

static const struct { const char *rule; bool holds; } rows[] = {
	{ S "text -eq \"high\"", true }, { S "text -eq \"High\"", false },
	{ S "text -ne \"high\"", false }, { S "text -NE \"low\"", true },
	{ "customsecurityattribute.Set_text -EQ \"high\"", true },
	{ "CustomSecurityAttribute.Other_text -eq \"High\"", true },
	{ "CustomSecurityAttribute.Other_number -eq 7", false },
	{ "CustomSecurityAttribute.Other_number -ne 7", true },
	{ "CustomSecurityAttribute.set_text -eq \"high\"", false },
	{ S "number -eq 7", true }, { S "number -eq \"7\"", false }, { S "number -eq -7", false },
	{ S "yes -eq true", true }, { S "yes -eq false", false }, { S "no -eq false", true },
	{ S "no -ne TRUE", true }, { S "gone -eq true", false }, { S "gone -ne true", true },
	{ S "list -contains \"eu\"", true }, { S "list -contains \"e\"", false },
	{ S "list -notContains \"eu\"", false }, { S "gone -notContains \"eu\"", true },
	{ S "list -eq \"eu\"", false }, { S "text -contains \"high\"", false },
	{ S "text -in [\"low\", \"high\"]", true }, { S "text -in [\"low\"]", false },
	{ S "text -notIn [\"low\"]", true }, { S "number -in [1,7]", true },
	{ S "number -in [\"7\"]", false }, { S "list -in [\"asia\",\"us\"]", true },
	{ S "text -startsWith \"hi\"", true }, { S "text -startsWith \"\"", true },
	{ S "text -notStartsWith \"lo\"", true }, { S "list -startsWith \"e\"", false },
	{ S "quoted -eq \"a\\\"b\"", true },
	{ S "text -eq \"high\" -and " S "number -eq 7", true },
	{ S "text -eq \"low\" -or " S "number -eq 7", true },
	{ S "text -eq \"low\" -and " S "number -eq 7 -or " S "yes -eq true", true },
	{ S "yes -eq true -or " S "text -eq \"low\" -and " S "number -eq 8", true },
	{ "(" S "yes -eq true -or " S "text -eq \"low\") -and " S "number -eq 8", false },
	{ "-not " S "text -eq \"high\"", false }, { "-not -not " S "text -eq \"high\"", true },
	{ "-not(" S "text -eq \"low\" -or(" S "gone -eq 1))", true },
	{ "\t( " S "text\n-eq\r\n\"high\" ) ", true },
};

Test(rule, entra12_a_rule_holds_of_what_it_names)
{
	struct attributes attributes = marks(MARKS);

	for (size_t i = 0; i < COUNT(rows); i++) {
		const char *why = "";
		const struct rule *rule = rule_parse(&arena, rows[i].rule, &why);
		cr_assert(rule != NULL, "%s: %s", rows[i].rule, why);
		cr_assert_eq(rule_holds(rule, &attributes), rows[i].holds, "%s", rows[i].rule);
	}
}

static const struct { const char *rule, *why; } bad[] = {
	{ "", "at 1: CustomSecurityAttribute.SET_NAME, -not or '(' expected" },
	{ "appId -eq 1", "at 1: CustomSecurityAttribute.SET_NAME, -not or '(' expected" },
	{ "CustomSecurityAttribute.Set -eq 1", "at 25: SET_NAME expected" },
	{ "CustomSecurityAttribute.Set_ -eq 1", "at 25: SET_NAME expected" },
	{ "CustomSecurityAttribute.1Set_a -eq 1", "at 25: SET_NAME expected" },
	{ "CustomSecurityAttribute.Set_a_b -eq 1", "at 25: SET_NAME expected" },
	{ S "a", "at 30: an operator expected" }, { S "a -eqq 1", "at 31: an operator expected" },
	{ S "a -eq", "at 34: a value expected" }, { S "a -eq high", "at 35: a value expected" },
	{ S "a -eq 1x", "at 35: a value expected" }, { S "a -eq 1.5", "at 36: -and, -or or the end" },
	{ S "a -eq 99999999999999999999", "at 35: a value expected" },
	{ S "a -eq \"x", "at 37: a text that doesn't end" }, { S "a -eq \"x\\", "a text that" },
	{ S "a -in \"x\"", "at 35: '[' expected" }, { S "a -in [", "at 36: a value expected" },
	{ S "a -in []", "a value expected" }, { S "a -in [1 2]", "at 38: ',' or ']' expected" },
	{ S "a -contains 1", "this operator takes a \"text\"" },
	{ "(" S "a -eq 1", "-and, -or or ')' expected" }, { S "a -eq 1)", "at 36: -and, -or or the" },
	{ S "a -eq 1 -and", "at 41: CustomSecurityAttribute" }, { "-not", "at 5: CustomSecurity" },
	{ S "a -eq 1 -xor " S "a -eq 1", "at 37: -and, -or or the end expected" },
	{ "((((((((((((((((( " S "a -eq 1)))))))))))))))))", "at 18: more than 16 parentheses" },
};

Test(rule, what_is_no_rule_is_told_with_its_place)
{
	for (size_t i = 0; i < COUNT(bad); i++) {
		const char *why = "";
		cr_assert(rule_parse(&arena, bad[i].rule, &why) == NULL, "%s", bad[i].rule);
		cr_assert(strstr(why, bad[i].why) != NULL, "%s: %s", bad[i].rule, why);
	}
}

static const char *repeated(const char *first, const char *more, size_t count)
{
	const char *text = first;

	while (count-- > 1)
		text = text_print(&arena, "%s%s", text, more);
	return text;
}

Test(rule, rules_have_limits)
{
	const char *why = "", *term = "CustomSecurityAttribute.S_a -eq 1";
	const char *more = text_print(&arena, " -or %s", term);

	cr_assert(rule_parse(&arena, repeated(term, more, RULE_TERMS_MOST), &why) != NULL, "%s", why);
	cr_assert(rule_parse(&arena, repeated(term, more, RULE_TERMS_MOST + 1), &why) == NULL);
	cr_assert(strstr(why, "more than 64 comparisons") != NULL, "%s", why);
	cr_assert(rule_parse(&arena, repeated(term, " ", RULE_MOST), &why) == NULL);
	cr_assert(strstr(why, "longer than") != NULL, "%s", why);
	cr_assert(rule_parse(&arena, text_print(&arena, "%s]", repeated(S "a -in [1", ",1",
	    RULE_VALUES_MOST)), &why) != NULL, "%s", why);
	cr_assert(rule_parse(&arena, text_print(&arena, "%s]", repeated(S "a -in [1", ",1",
	    RULE_VALUES_MOST + 1)), &why) == NULL);
}

#define APP(text) "{'id':'" A "','appId':'" B "','displayName':'A','customSecurityAttributes':" \
	text "}"

static const struct { const char *document, *wrong; } documents[] = {
	{ APP("null"), "" }, { APP("{}"), "" }, { APP(MARKS), "" },
	{ APP("{'S':{'a@odata.type':'#Int32','a':1},'@odata.type':'#x'}"), "" },
	{ APP("[]"), "customSecurityAttributes=InvalidType" },
	{ APP("{'S':7}"), "customSecurityAttributes.S=InvalidValue" },
	{ APP("{'S_T':{'a':1}}"), "customSecurityAttributes=InvalidValue" },
	{ APP("{'S':{'a b':1,'c':1.5,'d':[],'e':[7],'f':'','g':{}}}"),
	    "customSecurityAttributes.S=InvalidValue customSecurityAttributes.S.c=InvalidValue "
	    "customSecurityAttributes.S.d=InvalidValue customSecurityAttributes.S.e=InvalidValue "
	    "customSecurityAttributes.S.f=InvalidValue customSecurityAttributes.S.g=InvalidValue" },
};

Test(rule, req228_attributes_are_checked)
{
	for (size_t i = 0; i < COUNT(documents); i++)
		expect(DOCUMENT_APP, documents[i].document, documents[i].wrong);
}
