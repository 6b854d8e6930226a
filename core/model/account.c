#include "model/account.h"

#define ACCOUNT_SINGLE_MAILBOX (INT64_C(24) * 60 * 60 * 1000)

bool account_single_mailbox(const struct account *account, int64_t now)
{
	return account->reset != 0 && now < account->reset + ACCOUNT_SINGLE_MAILBOX;
}
