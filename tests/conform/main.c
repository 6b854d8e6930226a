/*
 * main.c - conform FOLDER FILE.so [key value]...
 *
 * Runs the suite of each role that the plugin offers.
 */
#include "conform.h"

int main(int argc, char **argv)
{
	struct conform conform;

	CHECK(argc >= 3);
	conform_open(&conform, argv[1], argv[2], argv + 3, argc - 3);
	conform_all(&conform);
	conform_close(&conform);
	printf("%s conforms\n", argv[2]);
	return 0;
}
