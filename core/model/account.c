#include "model/account.h"

#define ACCOUNT_SINGLE_MAILBOX (INT64_C(24) * 60 * 60 * 1000)

struct account account_gone(const struct account *account)
{
	return (struct account){ .epoch = account->epoch + 1, .blocked = true, .gone = true };
}

bool account_single_mailbox(const struct account *account, int64_t now)
{
	return account->reset != 0 && now < account->reset + ACCOUNT_SINGLE_MAILBOX;
}
