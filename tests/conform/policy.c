#include "conform.h"
void conform_policy(struct conform *conform)
{
	(void)conform;
}
