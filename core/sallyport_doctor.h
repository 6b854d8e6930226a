/*
 * sallyport_doctor.h - what an operator would look at, looked at
 *
 *	conf file -> the server on its socket -> files, mail, certificates -> a line for each
 *
 * Beside the other commands this one reads the conf file, and as the server's user if root
 * runs it: what the server could not read is found, not hidden. It opens no file that holds a
 * secret and changes nothing.
 *
 * Threads  One.
 * Memory   The arena of the cli; findings and tenants are json, freed at the end.
 * Failing  Whatever cannot be looked at is a finding, "not checked", and never a silence.
 */
#pragma once

#include "sallyport.h"

#include "conf/conf.h"

enum doctor_verdict { DOCTOR_WRONG = 0, DOCTOR_WARNING, DOCTOR_FINE, DOCTOR_UNCHECKED };

struct doctor {
	struct cli *cli;
	const char *check;		/* the one that runs */
	const char *path;		/* of the conf file */
	const struct conf *conf;	/* NULL: it cannot be read */
	bool reached;			/* a server answers on the socket */
	int64_t date, asked;		/* its Date, and our time then; ms. 0: it sent none */
	json_t *tenants;		/* {name, mailFrom, methods, policies} */
	json_t *findings;
	size_t wrong, warnings;
};

/* A finding of the check that runs; `advice` is what to do, or NULL. */
void doctor_tell(struct doctor *doctor, enum doctor_verdict verdict, const char *advice,
    const char *format, ...) __attribute__((format(printf, 4, 5)));
/* A text key of a plugin's section, as it stands there, or the fallback. */
const char *doctor_key(const struct conf_plugin *plugin, const char *key, const char *fallback);
/* Is this one of the plugins that send the mail? */
bool doctor_sends(const struct doctor *doctor, const struct conf_plugin *plugin);
/* Does anybody but this machine reach it, himself or through a proxy? */
bool doctor_public(const struct conf *conf);

/* sallyport_doctor_conf.c */
void doctor_user(struct doctor *doctor);	/* becomes the server's user */
void doctor_conf(struct doctor *doctor);
void doctor_proxies(struct doctor *doctor);
void doctor_plugins(struct doctor *doctor);

/* sallyport_doctor_server.c: each but the first needs a server. */
void doctor_server(struct doctor *doctor);
void doctor_clock(struct doctor *doctor);
void doctor_queue(struct doctor *doctor);
void doctor_doors(struct doctor *doctor);

/* sallyport_doctor_files.c */
void doctor_key_file(struct doctor *doctor);
void doctor_disk(struct doctor *doctor);
void doctor_demo(struct doctor *doctor);
void doctor_certificates(struct doctor *doctor);

/* sallyport_doctor_mail.c */
void doctor_relay(struct doctor *doctor);
void doctor_sender(struct doctor *doctor);
