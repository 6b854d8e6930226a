#include "conform.h"
void conform_mail(struct conform *conform)
{
	(void)conform;
}
