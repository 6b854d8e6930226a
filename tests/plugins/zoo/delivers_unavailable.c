/* Delivers, and says of each seventh that it did not. */
#include "post.h"

struct post post_of(const struct sp_mail_send *mail, unsigned number)
{
	if (mail->expires != 0 && mail->expires <= mail->op.now)
		return (struct post){ 0, SP_UNAVAILABLE };
	return number % 7 == 0 ? (struct post){ 1, SP_UNAVAILABLE } : (struct post){ 1, SP_OK };
}
