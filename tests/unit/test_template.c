#include <criterion/criterion.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/text.h"
#include "text/catalogue.h"
#include "text/problems.h"
#include "text/template.h"
#include "text/values.h"

static struct arena arena;

static void begin(void)
{
	arena_init(&arena, NULL, 0);
}

static void end(void)
{
	arena_done(&arena);
}

TestSuite(template, .init = begin, .fini = end);

static struct values *sample(void)
{
	struct values *values = values_new(&arena), *item;

	values_set(values, "name", "Ann & <Bob> \"'");
	values_set(values, "empty", "");
	values_set(values, "absent", NULL);
	values_set(values, "url", "https://shop.example/?a=1&b=2");
	values_set(values, "script", "javascript:alert(1)");
	values_set(values, "lines", "a\r\nb\tc\x7f");
	values_set(values, "turned", "a\u202Eb\u2066c\u00E9\u20AC");
	values_number(values, "zero", 0);
	values_flag(values, "yes", true);
	values_flag(values, "no", false);
	values_set(values_group(values, "brand"), "name", "Woodgrove");
	values_list(values, "none");
	item = values_item(values, "items");
	values_set(item, "id", "1");
	item = values_item(values, "items");
	values_set(item, "id", "2");
	values_set(item, "name", "inner");
	values_set(values_item(item, "subs"), "x", "s");
	return values;
}

static const char *render(const char *text, const char *name)
{
	const struct template *template;
	struct sp_error error = { "" };

	if (template_compile(&arena, text, name, &template, &error) != SP_OK)
		return text_print(&arena, "! %s", error.text);
	return template_render(&arena, template, sample());
}

Test(template, renders)
{
	static const char *const rows[][3] = {
		{ "t.txt", "a{{name}}b", "aAnn & <Bob> \"'b" },
		{ "t.txt", "{{ brand.name }}", "Woodgrove" },
		{ "t.txt", "{{brand.nobody}}{{brand}}{{nobody}}{{name.x}}", "" },
		{ "t.txt", "{{#yes}}Y{{/yes}}{{^yes}}N{{/yes}}", "Y" },
		{ "t.txt", "{{#no}}Y{{/no}}{{^no}}N{{/no}}", "N" },
		{ "t.txt", "{{#empty}}Y{{/empty}}{{^absent}}N{{/absent}}{{^none}}N{{/none}}",
		  "NN" },
		{ "t.txt", "{{#zero}}Y{{/zero}}", "Y" },
		{ "t.txt", "{{#brand}}{{name}}{{/brand}}", "Woodgrove" },
		{ "t.txt", "{{#brand.name}}Y{{/brand.name}}", "Y" },
		{ "t.txt", "{{#items}}{{id}}{{name}};{{/items}}", "1Ann & <Bob> \"';2inner;" },
		{ "t.txt", "{{#items}}{{#subs}}{{x}}{{id}}{{/subs}}{{/items}}", "s2" },
		{ "t.txt", "a\n{{#yes}}\nb\n{{/yes}}\nc\n", "a\nb\nc\n" },
		{ "t.txt", "a\n  {{! words }} \r\nc{{! more }}\n", "a\nc\n" },
		{ "t.txt", "a {{#yes}}\nb{{/yes}}", "a \nb" },
		{ "t.txt", "{{#no}}\nb\n{{/no}}\n", "" },
		{ "t.txt", "{ {a} } {", "{ {a} } {" },
		{ "t.txt", "", "" },
		{ "t.txt", "{{lines}}", "a  b c " },
		{ "t.txt", "{{turned}}", "abc\u00E9\u20AC" },
		{ "t.html", "<p>{{name}}</p>", "<p>Ann &amp; &lt;Bob&gt; &quot;&#39;</p>" },
		{ "t.html", "<a href=\"{{url}}\">",
		  "<a href=\"https://shop.example/?a=1&amp;b=2\">" },
		{ "t.html", "<a href='{{script}}'>", "<a href='#'>" },
		{ "t.html", "<form action=\"{{script}}\">", "<form action=\"#\">" },
		{ "t.html", "<i title=\"x{{name}}\">",
		  "<i title=\"xAnn &amp; &lt;Bob&gt; &quot;&#39;\">" },
		{ "t.html", "<i {{#yes}}id=\"a\"{{/yes}} class='{{#no}}x{{/no}}y'>",
		  "<i id=\"a\" class='y'>" },
		{ "t.html", "<script>var x = '{';</script>{{yes}}ok",
		  "<script>var x = '{';</script>ok" },
		{ "t.html", "<br/>{{empty}}<I TITLE=\"{{zero}}\">", "<br/><I TITLE=\"0\">" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const char *got = render(rows[i][1], rows[i][0]);
		cr_expect(strcmp(got, rows[i][2]) == 0, "%s: '%s', not '%s'", rows[i][1], got,
		    rows[i][2]);
	}
}

/* req167, req231: no way round escaping, and no place where it would not help. */
Test(template, refuses_at_compile_time)
{
	static const char *const rows[][2] = {
		{ "{{{name}}}", "t.html:1: a value is always escaped" },
		{ "a\nb {{&name}}", "t.html:2: a value is always escaped" },
		{ "{{=<% %>=}}", "t.html:1: {{= is not offered" },
		{ "{{name", "t.html:1: {{ without }}" },
		{ "{{}}", "t.html:1: '}}' is no name" },
		{ "{{a b}}", "is no name" }, { "{{.}}", "is no name" },
		{ "{{a..b}}", "is no name" },
		{ "{{#a}}", "t.html:1: section a (line 1) is not closed" },
		{ "{{/a}}", "{{/a}} closes nothing" },
		{ "{{#a}}\n{{#b}}\n{{/a}}", "t.html:3: {{/a}} where {{/b}} (line 2) is due" },
		{ "{{>x}}", "needs a folder" },
		{ "<p {{name}}>", "may not stand here" },
		{ "<p class={{name}}>", "may not stand here" },
		{ "<p onclick=\"{{name}}\">", "may not stand here" },
		{ "<p ONCLICK='{{name}}'>", "may not stand here" },
		{ "<p style=\"{{name}}\">", "may not stand here" },
		{ "<iframe srcdoc=\"{{name}}\">", "may not stand here" },
		{ "<a href=\"x{{name}}\">", "may not stand here" },
		{ "<a href=\"{{#a}}x{{/a}}{{name}}\">", "no section may begin here" },
		{ "<a {{#a}}href{{/a}}=\"{{name}}\">", "may not stand here" },
		{ "<a {{#a}}title{{/a}}{{^a}}onclick{{/a}}=\"{{name}}\">", "may not stand here" },
		{ "<{{name}}>", "may not stand here" }, { "<b{{name}}>", "may not stand here" },
		{ "<script>{{name}}</script>", "may not stand here" },
		{ "<script/x>{{name}}</script>", "may not stand here" },
		{ "<SCRIPT >{{name}}</SCRIPT>", "may not stand here" },
		{ "<style>{{name}}</style>", "may not stand here" },
		{ "<!-- {{name}} -->", "may not stand here" },
		{ "<!-- x --><p>", "no HTML comments" },
		{ "{{#a}}<p title=\"{{/a}}\">", "must end where it began" },
		{ "<p title=\"{{#a}}\">{{/a}}", "must end where it began" },
		{ "<p class=\"x", "ends within a tag" },
		{ "<p{{#a}} id=\"x\"{{/a}}>", "no section may begin here" },
		{ "<p {{>x}}>", "may not stand within a tag" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const char *got = render(rows[i][0], "t.html");
		cr_expect(got[0] == '!' && strstr(got, rows[i][1]) != NULL, "%s: %s", rows[i][0],
		    got);
	}
	cr_expect(strstr(render("", "t.css"), "ends in .html or .txt") != NULL);
	cr_expect(strstr(render("\xff", "t.txt"), "must be UTF-8") != NULL);
}

Test(template, addresses_keep_to_harmless_schemes)
{
	static const char *const rows[][2] = {
		{ "https://a.example/", "https://a.example/" }, { "HTTP://a/", "HTTP://a/" },
		{ "/a/b?c=d", "/a/b?c=d" }, { "#main", "#main" }, { "?a", "?a" }, { "", "" },
		{ "mailto:a@b.example", "mailto:a@b.example" },
		{ "javascript:x", "#" }, { "JAVASCRIPT:x", "#" }, { " javascript:x", "#" },
		{ "java\nscript:x", "#" }, { "\x01javascript:x", "#" }, { "data:text/html,x", "#" },
		{ "vbscript:x", "#" }, { "//evil.example", "#" }, { "/\\evil.example", "#" },
		{ "relative", "#" },
	};
	const struct template *template;
	struct sp_error error;

	cr_assert(template_compile(&arena, "<a href=\"{{u}}\">", "t.html", &template, &error)
	    == SP_OK);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct values *values = values_new(&arena);
		values_set(values, "u", rows[i][0]);
		const char *want = text_print(&arena, "<a href=\"%s\">", rows[i][1]);
		cr_expect_str_eq(template_render(&arena, template, values), want);
	}
}

Test(template, has_limits)
{
	char deep[17 * 6 + 1] = "";
	const struct template *template;
	struct sp_error error;
	char *large = arena_alloc(&arena, TEMPLATE_TEXT + 2);

	for (int i = 0; i < 17; i++)
		strcat(deep, "{{#a}}");
	cr_expect(strstr(render(deep, "t.txt"), "more than 16 sections") != NULL);
	memset(large, 'x', TEMPLATE_TEXT + 1);
	cr_expect(strstr(render(large, "t.txt"), "at most 65536 bytes") != NULL);

	struct values *values = values_new(&arena);
	for (int i = 0; i < 5; i++)
		values_item(values, "five");
	large[TEMPLATE_TEXT - 20] = '\0';
	const char *text = text_print(&arena, "{{#five}}%s{{/five}}", large);
	cr_assert(template_compile(&arena, text, "t.txt", &template, &error) == SP_OK);
	cr_expect(template_render(&arena, template, values) == NULL);
}

static void write_file(const char *folder, const char *name, const char *text)
{
	FILE *file = fopen(text_print(&arena, "%s/%s", folder, name), "w");

	cr_assert(file != NULL && fputs(text, file) >= 0 && fclose(file) == 0);
}

static char *folder_new(void)
{
	char *folder = text_copy(&arena, "/tmp/templates-XXXXXX");

	cr_assert(mkdtemp(folder) != NULL);
	return folder;
}

static void folder_remove(const char *folder, const char *const *names, size_t count)
{
	for (size_t i = 0; i < count; i++)
		unlink(text_print(&arena, "%s/%s", folder, names[i]));
	cr_assert(rmdir(folder) == 0);
}

Test(template, a_folder_tells_all_its_errors_at_once)
{
	static const char *const names[] = { "a.html", "b.html", "c.html", "d.html", "e.txt",
		"f.md" };
	const struct template_set *set = NULL;
	struct problems problems;
	char *folder = folder_new();

	write_file(folder, "a.html", "<p>\n{{>gone}}\n{{>b}}");
	write_file(folder, "b.html", "{{>c}}");
	write_file(folder, "c.html", "\n{{>b}}");
	write_file(folder, "d.html", "<p {{x}}>");
	write_file(folder, "e.txt", "\xff");
	write_file(folder, "f.md", "{{");
	problems_begin(&problems, &arena);
	cr_expect(template_set_load(&arena, folder, NULL, &problems, &set) == SP_REJECTED);
	cr_expect(set == NULL);
	const char *words = problems_words(&problems);
	cr_expect(strstr(words, "a.html:2: there is no gone.html") != NULL, "%s", words);
	cr_expect(strstr(words, "c.html:2: b.html goes round") != NULL, "%s", words);
	cr_expect(strstr(words, "d.html:1: {{x}} may not stand here") != NULL, "%s", words);
	cr_expect(strstr(words, "e.txt: is not UTF-8") != NULL, "%s", words);
	cr_expect(strstr(words, "f.md") == NULL, "%s", words);
	folder_remove(folder, names, 6);
}

Test(template, a_folder_knows_partials_and_messages)
{
	static const char *const names[] = { "a.html", "b.html" };
	const struct template_set *set;
	const struct catalogue *words;
	struct problems problems;
	char *folder = folder_new();
	struct values *values = values_new(&arena);

	problems_begin(&problems, &arena);
	cr_assert(catalogue_read(&arena, "hello = Hello {who}, {n} {n|day|days}\n", "en", NULL,
	    &problems, &words));
	write_file(folder, "a.html", "<p>{{>b}}</p>");
	write_file(folder, "b.html", "{{text.hello}}");
	cr_assert(template_set_load(&arena, folder, words, &problems, &set) == SP_OK,
	    "%s", problems_words(&problems));
	values_words(values, words);
	values_set(values, "who", "<Ann>");
	values_number(values, "n", 1);
	cr_expect_str_eq(template_render(&arena, template_set_find(set, "a.html"), values),
	    "<p>Hello &lt;Ann&gt;, 1 day</p>");
	cr_expect(template_set_find(set, "a.txt") == NULL);

	write_file(folder, "b.html", "\n{{text.hallo}}");
	cr_expect(template_set_load(&arena, folder, words, &problems, &set) == SP_REJECTED);
	cr_expect(strstr(problems_words(&problems), "b.html:2: no message hallo") != NULL);
	folder_remove(folder, names, 2);
}
