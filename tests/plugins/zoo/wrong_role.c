/* Its table of records is of another ABI than that of plugins. */
#include "zoo.h"

ZOO(records, .abi = SP_RECORDS_ABI + 1, .size = sizeof(struct sp_records), ZOO_RECORDS);
