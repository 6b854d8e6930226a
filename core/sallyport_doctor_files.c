/* sallyport_doctor_files.c - keys, room on the disks, certificates, and what a demo left behind */
#include "sallyport_doctor.h"

#include "base/arena.h"
#include "base/text.h"

#include <errno.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <time.h>
#include <unistd.h>

enum { SOON_DAYS = 14 };

#define ROOM_WRONG (UINT64_C(64) << 20)
#define ROOM_WARNING (UINT64_C(1) << 30)

void doctor_key_file(struct doctor *doctor)
{
	const char *path = text_print(doctor->cli->arena, "%s/keys/server.key",
	    doctor->conf->server.state);
	struct stat st;

	if (lstat(path, &st) != 0)
		doctor_tell(doctor, errno == EACCES ? DOCTOR_UNCHECKED : doctor->reached ?
		    DOCTOR_WRONG : DOCTOR_WARNING, errno == EACCES ? "Run it as root, or as the "
		    "server's user" : "The first start makes it; a store that was there before needs "
		    "its old one back", "%s: %s", path, strerror(errno));
	else if (!S_ISREG(st.st_mode) || (st.st_mode & 077) != 0 || st.st_uid != geteuid())
		doctor_tell(doctor, DOCTOR_WRONG, "chown it to the server's user, chmod 600",
		    "%s is not its owner's alone: mode %04o", path, (unsigned)st.st_mode & 07777);
	else
		doctor_tell(doctor, DOCTOR_FINE, "Keep a copy apart from the backups, by "
		    "sallyport keys export: without it they open nothing, with it everything",
		    "%s is its owner's alone", path);
}

static void room_tell(struct doctor *doctor, const char *what, const char *path)
{
	struct statvfs fs;

	if (statvfs(path, &fs) != 0) {
		doctor_tell(doctor, errno == EACCES ? DOCTOR_UNCHECKED : DOCTOR_WRONG,
		    "It must exist and be the server's user's", "%s: %s: %s", what, path,
		    strerror(errno));
		return;
	}
	uint64_t room = (uint64_t)fs.f_bavail * fs.f_frsize;
	uint64_t all = (uint64_t)fs.f_blocks * fs.f_frsize;
	bool few = fs.f_files > 0 && fs.f_favail < 1000;
	bool little = room < ROOM_WARNING || room < all / 20;
	doctor_tell(doctor, room < ROOM_WRONG ? DOCTOR_WRONG : little || few ? DOCTOR_WARNING :
	    DOCTOR_FINE, little || few ? "Without room nobody can sign in: make some" : NULL,
	    "%s: %s has %llu MiB left%s", what, path, (unsigned long long)(room >> 20), few ?
	    " and hardly a file" : "");
}

void doctor_disk(struct doctor *doctor)
{
	const struct conf *conf = doctor->conf;

	room_tell(doctor, "state", conf->server.state);
	for (size_t i = 0; i < conf->plugin_count; i++) {
		const char *path = doctor_key(&conf->plugins[i], "path", NULL);
		if (text_same(conf->plugins[i].file, "lmdb.so") && path != NULL)
			room_tell(doctor, text_print(doctor->cli->arena, "plugin.%s",
			    conf->plugins[i].name), path);
	}
}

/* The quickstart writes its accounts' passwords down, for whoever tries it. */
void doctor_demo(struct doctor *doctor)
{
	const char *path = text_print(doctor->cli->arena, "%s/demo.json",
	    doctor->conf->server.state);

	if (access(path, F_OK) != 0)
		doctor_tell(doctor, DOCTOR_FINE, NULL, "no demo accounts were left here");
	else if (doctor_public(doctor->conf))
		doctor_tell(doctor, DOCTOR_WRONG, "Begin with a state folder of its own",
		    "%s: demo accounts, with passwords in a file, on a server that others reach",
		    path);
	else
		doctor_tell(doctor, DOCTOR_FINE, NULL, "%s: demo accounts, on this machine alone",
		    path);
}

/* Certificates. */

/* "https://login.example.com:8443" and "https://[::1]" without all but the host. */
static const char *host_of(struct arena *arena, const char *url)
{
	const char *host = strstr(url, "://") + 3;

	return host[0] == '[' ? text_part(arena, host + 1, strcspn(host + 1, "]")) :
	    text_part(arena, host, strcspn(host, ":"));
}

static void expiry_tell(struct doctor *doctor, const char *path, const X509 *certificate)
{
	int days = 0, seconds = 0;
	struct tm tm;
	char date[32] = "?";

	/* Until then from now: both negative once it is over. */
	if (ASN1_TIME_diff(&days, &seconds, NULL, X509_get0_notAfter(certificate)) == 1 &&
	    ASN1_TIME_to_tm(X509_get0_notAfter(certificate), &tm) == 1)
		strftime(date, sizeof(date), "%Y-%m-%d", &tm);
	bool over = days < 0 || seconds < 0;
	doctor_tell(doctor, over ? DOCTOR_WRONG : days < SOON_DAYS ? DOCTOR_WARNING : DOCTOR_FINE,
	    over || days < SOON_DAYS ? "Renew it, then: systemctl reload sallyport" : NULL,
	    over ? "%s expired on %s" : "%s is good until %s", path, date);
	if (X509_cmp_current_time(X509_get0_notBefore(certificate)) > 0)
		doctor_tell(doctor, DOCTOR_WRONG, "Look at this machine's clock",
		    "%s is not good yet", path);
}

static void certificate_look(struct doctor *doctor, const struct conf_listen *listen)
{
	const char *path = listen->tls_certificate;
	const char *host = host_of(doctor->cli->arena, listen->base_url);
	BIO *file = BIO_new_file(path, "r");
	X509 *certificate = file != NULL ? PEM_read_bio_X509(file, NULL, NULL, NULL) : NULL;

	BIO_free(file);
	if (certificate == NULL) {
		ERR_clear_error();
		doctor_tell(doctor, DOCTOR_WRONG, "A PEM file that the server's user may read",
		    "%s: holds no certificate that can be read", path);
		return;
	}
	expiry_tell(doctor, path, certificate);
	if (X509_check_ip_asc(certificate, host, 0) == 1 ||
	    X509_check_host(certificate, host, 0, 0, NULL) == 1)
		doctor_tell(doctor, DOCTOR_FINE, NULL, "%s is for %s", path, host);
	else
		doctor_tell(doctor, DOCTOR_WRONG, "Get one for that name, or mend base_url",
		    "%s is not for %s, which listen.%s.base_url names", path, host, listen->name);
	X509_free(certificate);
}

void doctor_certificates(struct doctor *doctor)
{
	const struct conf *conf = doctor->conf;
	size_t count = 0;

	for (size_t i = 0; i < conf->listen_count; i++) {
		if (text_empty(conf->listens[i].tls_certificate))
			continue;
		count++;
		certificate_look(doctor, &conf->listens[i]);
	}
	if (count == 0)
		doctor_tell(doctor, DOCTOR_FINE, NULL, "no listener has one%s",
		    doctor_public(conf) ? "; the proxy's are its own affair" : "");
}
