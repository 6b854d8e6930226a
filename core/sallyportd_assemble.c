#include "sallyportd.h"

enum sp_status server_assemble(struct server *server, struct sp_error *out_error)
{
	(void)server, (void)out_error;
	return SP_OK;
}

enum sp_status server_reassemble(struct server *server, const struct conf *old,
    struct sp_error *out_error)
{
	(void)server, (void)old, (void)out_error;
	return SP_OK;
}

void server_drain(struct server *server, int64_t ms)
{
	(void)server, (void)ms;
}

void server_disassemble(struct server *server)
{
	(void)server;
}
