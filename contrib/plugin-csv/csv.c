/*
 * csv - customers of a file that somebody else writes: they can sign in, and nothing else
 *
 *	id,identifiers,enabled,verifier
 *	5f0e9d2c-3b1a-4c8d-9e7f-0a1b2c3d4e5f,ann@example.com ann,yes,"$argon2id$..."
 *
 * Identifiers are separated by spaces and normalised (lower case), verifiers are PHC strings, and
 * a field with a comma stands in quotes. The file is read once, by open(); all are of every tenant.
 */
#include <sallyport/users.h>

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ROWS_MAX = 100000, FIELDS = 4 };

struct conf { const char *path; };

static const struct sp_key keys[] = {
	{ .name = "path", .type = SP_PATH, .offset = offsetof(struct conf, path),
	  .help = "File of customers: id,identifiers,enabled,verifier." },
	{ 0 },
};

/* Texts point into the line, which is kept. */
struct row {
	char *line;
	struct sp_id id;
	bool enabled;
	size_t count;
	const char *names[SP_IDENTIFIERS_MAX];
	const char *verifier;
};

struct csv { size_t count; struct row *rows; };

static enum sp_status refuse(struct sp_error *out_error, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(out_error->text, sizeof(out_error->text), format, args);
	va_end(args);
	return SP_FAILED;
}

/* Cuts the field off and moves beyond it. */
static char *field_next(char **at)
{
	bool quoted = **at == '"';
	char *field = *at + quoted, *end = field + strcspn(field, quoted ? "\"" : ",\r\n");

	*at = end + (quoted && *end != '\0');
	*at += **at == ',';
	*end = '\0';
	return field;
}

static bool id_read(const char *text, struct sp_id *out_id)
{
	for (size_t i = 0; i < sizeof(out_id->byte); i++) {
		unsigned byte;
		text += *text == '-';
		if (sscanf(text, "%2x", &byte) != 1)
			return false;
		out_id->byte[i] = (uint8_t)byte;
		text += 2;
	}
	return *text == '\0';
}

static bool row_read(struct row *row, char *line)
{
	char *at = line, *fields[FIELDS], *save;

	for (size_t i = 0; i < FIELDS; i++)
		fields[i] = field_next(&at);
	*row = (struct row){ .line = line, .enabled = strcmp(fields[2], "yes") == 0,
		.verifier = fields[3][0] != '\0' ? fields[3] : NULL };
	for (char *name = strtok_r(fields[1], " ", &save); name != NULL;
	    name = strtok_r(NULL, " ", &save)) {
		if (row->count == SP_IDENTIFIERS_MAX || strlen(name) > SP_IDENTIFIER_MAX)
			return false;
		row->names[row->count++] = name;
	}
	return row->count > 0 && strlen(fields[0]) == 36 && id_read(fields[0], &row->id);
}

static void csv_close(void *self)
{
	struct csv *csv = self;

	for (size_t i = 0; i < csv->count; i++)
		free(csv->rows[i].line);
	free(csv->rows);
	free(csv);
}

/* The first line names the columns. */
static enum sp_status csv_read(struct csv *csv, FILE *file, struct sp_error *out_error)
{
	size_t room = 0;
	char *line = NULL;

	for (size_t number = 1; getline(&line, &room, file) > 0; number++, line = NULL, room = 0) {
		if (number == 1 || line[0] == '\n') {
			free(line);
			continue;
		}
		if (csv->count == ROWS_MAX || !row_read(&csv->rows[csv->count], line)) {
			free(line);
			return refuse(out_error, "line %zu: not id,identifiers,enabled,verifier, or "
			    "one of more than %d", number, ROWS_MAX);
		}
		csv->count++;
	}
	free(line);
	return ferror(file) ? refuse(out_error, "cannot be read") : SP_OK;
}

static enum sp_status csv_open(const struct sp_host *host, const void *conf, void **out_self,
    struct sp_error *out_error)
{
	const char *path = ((const struct conf *)conf)->path;
	FILE *file = fopen(path, "re");
	struct csv *csv = calloc(1, sizeof(*csv));

	(void)host;
	if (csv != NULL)
		csv->rows = calloc(ROWS_MAX, sizeof(*csv->rows));
	enum sp_status status = file == NULL ? refuse(out_error, "%s: %s", path, strerror(errno)) :
	    csv == NULL || csv->rows == NULL ? SP_FAILED : csv_read(csv, file, out_error);
	if (file != NULL)
		fclose(file);
	if (status == SP_OK)
		*out_self = csv;
	else if (csv != NULL)
		csv_close(csv);
	return status;
}

static const char *text_copy(struct sp_op *op, const char *text)
{
	return text == NULL ? NULL : strcpy(sp_op_alloc(op, strlen(text) + 1), text);
}

static void row_answer(struct sp_op *op, const struct row *row, struct sp_user *user)
{
	const char **names = sp_op_alloc(op, row->count * sizeof(*names));

	for (size_t i = 0; i < row->count; i++)
		names[i] = text_copy(op, row->names[i]);
	user->id = row->id;
	user->revision = 1;	/* nothing changes while the server runs */
	user->enabled = row->enabled;
	user->identifiers = names;
	user->identifier_count = row->count;
	user->verifier = text_copy(op, row->verifier);
}

static bool row_named(const struct row *row, const char *name)
{
	for (size_t i = 0; i < row->count; i++)
		if (strcmp(row->names[i], name) == 0)
			return true;
	return false;
}

/* Both: the id counts where no identifier is given. Memory is read, so it ends at once. */
static void csv_find(struct sp_users_find *op)
{
	const struct csv *csv = op->op.self;

	for (size_t i = 0; i < csv->count; i++) {
		const struct row *row = &csv->rows[i];
		if (op->identifier != NULL ? !row_named(row, op->identifier) :
		    memcmp(&row->id, &op->id, sizeof(op->id)) != 0)
			continue;
		row_answer(&op->op, row, sp_users_found(op));
		sp_op_done(&op->op, SP_OK);
		return;
	}
	sp_op_done(&op->op, SP_NOT_FOUND);
}

/* The cursor is the number of the next row. */
static void csv_list(struct sp_users_list *op)
{
	const struct csv *csv = op->op.self;
	size_t *next = sp_op_alloc(&op->op, sizeof(*next)), at = 0;

	if (op->cursor.size == sizeof(at))
		memcpy(&at, op->cursor.data, sizeof(at));
	for (; at < csv->count && op->count < op->limit; at++) {
		bool fits = op->prefix == NULL;
		for (size_t i = 0; i < csv->rows[at].count && !fits; i++)
			fits = strncmp(csv->rows[at].names[i], op->prefix, strlen(op->prefix)) == 0;
		if (fits)
			row_answer(&op->op, &csv->rows[at], sp_users_add(op));
	}
	*next = at;
	if (at < csv->count)
		op->next = (struct sp_bytes){ next, sizeof(*next) };
	sp_op_done(&op->op, SP_OK);
}

/* What isn't here is not offered: no sign-up, no new password. */
static const struct sp_users users = SP_USERS(
	.find = csv_find,
	.get = csv_find,
	.list = csv_list,
);

SP_PLUGIN(
	.name = "csv",
	.keys = keys,
	.conf_size = sizeof(struct conf),
	.open = csv_open,
	.close = csv_close,
	.users = &users,
);
